//! What is known of a trading day.

/// A trading day of one stock, as it is known after the close.
///
/// NaN or an impossible number counts as missing: indicators start anew behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Day {
    /// Adjusted for splits and dividends, on one basis over all days.
    pub close: f64,
    /// In shares, on the basis of the close.
    pub volume: Option<f64>,
    /// `None` if nobody looked for posts.
    pub sentiment: Option<Sentiment>,
}

/// What was posted about the stock, from the close before to this one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sentiment {
    /// The number of posts; without any the other numbers mean nothing.
    pub posts: u32,
    /// The mean score, -1 to 1.
    pub mean: f64,
    /// The scores' standard deviation; `None` for fewer than two posts.
    pub deviation: Option<f64>,
    /// The share of posts with a positive score, 0 to 1.
    pub positive: f64,
    /// The share of posts with a score beyond ±0.8, 0 to 1.
    pub extreme: f64,
}

/// The days by what is known of them, NaN where it is not.
pub(super) struct Series {
    pub closes: Vec<f64>,
    pub volumes: Vec<f64>,
    pub posts: Vec<f64>,
    pub means: Vec<f64>,
    pub deviations: Vec<f64>,
    pub positives: Vec<f64>,
    pub extremes: Vec<f64>,
}

impl Series {
    pub fn of(days: &[Day]) -> Self {
        let all = |of: fn(&Day) -> Option<f64>| days.iter().map(|day| of(day).unwrap_or(f64::NAN)).collect();
        Self {
            closes: all(|day| Some(day.close).filter(|close| *close > 0.0)),
            volumes: all(|day| day.volume.filter(|volume| *volume >= 0.0)),
            posts: all(|day| Some(f64::from(day.sentiment?.posts))),
            means: all(|day| Some(day.posted()?.mean)),
            deviations: all(|day| day.posted()?.deviation),
            positives: all(|day| Some(day.posted()?.positive)),
            extremes: all(|day| Some(day.posted()?.extreme)),
        }
    }
}

impl Day {
    /// The day's sentiment if there were posts to take it from.
    fn posted(&self) -> Option<Sentiment> {
        self.sentiment.filter(|sentiment| sentiment.posts > 0)
    }
}

/// The values that are known.
pub(super) fn known(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().map(|value| Some(*value).filter(|value| value.is_finite())).collect()
}
