//! Hits out of a number of tries.

use crate::{interval::Interval, statistics::NORMAL_97_5};

/// How many of a number of tries were hits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Proportion {
    pub hits: u64,
    pub total: u64,
}

impl Proportion {
    /// The hits among `tries`.
    pub fn of(tries: impl IntoIterator<Item = bool>) -> Self {
        let mut proportion = Self::default();
        for is_hit in tries {
            proportion.hits += u64::from(is_hit);
            proportion.total += 1;
        }
        proportion
    }

    /// The share of hits, 0 to 1; `None` without a try.
    pub fn share(&self) -> Option<f64> {
        (self.total > 0).then(|| self.hits as f64 / self.total as f64)
    }

    /// Where the true share lies with 95 % confidence; `None` without a try.
    ///
    /// Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference". Keeps its level for
    /// few tries and for shares near 0 and 1, where the usual `± 1.96 σ` does not.
    pub fn interval(&self) -> Option<Interval> {
        let (share, total) = (self.share()?, self.total as f64);
        let square = NORMAL_97_5 * NORMAL_97_5;
        let middle = share + square / (2.0 * total);
        let margin = NORMAL_97_5 * (share * (1.0 - share) / total + square / (4.0 * total * total)).sqrt();
        let scale = 1.0 + square / total;
        let (low, high) = ((middle - margin) / scale, (middle + margin) / scale);
        Some(Interval { low: low.clamp(0.0, share), high: high.clamp(share, 1.0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(hits: u64, total: u64, low: f64, high: f64) {
        let interval = Proportion { hits, total }.interval().expect("tries");
        assert!((interval.low - low).abs() < 1e-14 && (interval.high - high).abs() < 1e-14, "{interval:?}");
    }

    #[test]
    fn wilson_intervals_of_statsmodels() {
        // statsmodels 0.15.0 proportion_confint(method="wilson").
        check(93, 100, 0.862_504_852_609_265, 0.965_680_738_932_727_4);
        check(0, 10, 0.0, 0.277_532_799_862_889_26);
        check(10, 10, 0.722_467_200_137_110_6, 1.0);
    }

    #[test]
    fn shares_are_of_all_tries() {
        let proportion = Proportion::of([true, false, true, true]);
        assert_eq!((proportion.hits, proportion.share()), (3, Some(0.75)));
        assert_eq!((Proportion::of([]).share(), Proportion::of([]).interval()), (None, None));
    }
}
