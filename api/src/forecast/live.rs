//! How good a model turns out to be.

use async_graphql::SimpleObject;
use domain::forecast::live::{Live, Proportion};

/// A share of cases, and where the true one lies.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct ObservedShare {
    /// The share, 0 to 1.
    pub share: f64,
    /// The lower end of its 95 % confidence interval, by Wilson.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl ObservedShare {
    /// `None` without a case.
    pub fn of(proportion: Proportion) -> Option<Self> {
        let interval = proportion.interval()?;
        Some(Self { share: proportion.share()?, low: interval.low, high: interval.high })
    }
}

/// What came of a model's predictions.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct LiveRecord {
    /// How many predictions could be compared with what came.
    judged: i32,
    /// How many closes came to lie within their 95 % interval; null without any.
    coverage95: Option<ObservedShare>,
    /// How many closes came to lie within their 99 % interval; null without any.
    coverage99: Option<ObservedShare>,
    /// How often the price moved to the side that was more probable, of those that moved; null without any.
    accuracy: Option<ObservedShare>,
    /// The mean absolute error of the expected close, as a share of the base price.
    mean_absolute_error: f64,
    /// The same error of expecting no change.
    naive_mean_absolute_error: f64,
    /// The first error over the second: below 1, the model knew something; null if nothing moved.
    error_ratio_to_naive: Option<f64>,
}

impl From<Live> for LiveRecord {
    fn from(live: Live) -> Self {
        let share = |proportion: Option<Proportion>| ObservedShare::of(proportion?);
        Self {
            judged: i32::try_from(live.judged).unwrap_or(i32::MAX),
            coverage95: share(live.coverage_95()),
            coverage99: share(live.coverage_99()),
            accuracy: share(live.accuracy()),
            mean_absolute_error: live.error,
            naive_mean_absolute_error: live.naive_error,
            error_ratio_to_naive: (live.naive_error > 0.0).then(|| live.error / live.naive_error),
        }
    }
}
