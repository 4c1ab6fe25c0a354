use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, time::Duration};

/// Counts times by their tenths of milliseconds, so that those of many processes can be added up.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Histogram {
    counts: BTreeMap<u64, u64>,
    total: u64,
}

/// What is told of many times, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Summary {
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { p50, p95, p99, max } = self;
        write!(f, "{p50:>10.1} ms p50, {p95:.1} p95, {p99:.1} p99, {max:.1} at most")
    }
}

impl Histogram {
    pub fn record(&mut self, time: Duration) {
        let tenths = u64::try_from(time.as_micros() / 100).unwrap_or(u64::MAX);
        *self.counts.entry(tenths).or_default() += 1;
        self.total += 1;
    }

    pub fn add(&mut self, other: &Self) {
        for (tenths, count) in &other.counts {
            *self.counts.entry(*tenths).or_default() += count;
        }
        self.total += other.total;
    }

    /// How many times were recorded.
    pub fn total(&self) -> u64 {
        self.total
    }

    pub fn summary(&self) -> Summary {
        Summary { p50: self.at(50), p95: self.at(95), p99: self.at(99), max: self.at(100) }
    }

    /// The time in milliseconds that so many percent do not exceed; 0 without any.
    fn at(&self, percent: u64) -> f64 {
        let rank = (self.total * percent).div_ceil(100);
        let mut seen = 0;
        let reached = self.counts.iter().find(|(_, count)| {
            seen += *count;
            seen >= rank
        });
        reached.map_or(0.0, |(tenths, _)| (*tenths + 1) as f64 / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Histogram;
    use std::time::Duration;

    #[test]
    fn percentiles_are_upper_bounds_to_a_tenth_of_a_millisecond() {
        let mut histogram = Histogram::default();
        (0..100).for_each(|number| histogram.record(Duration::from_millis(number)));
        let mut slowest = Histogram::default();
        slowest.record(Duration::from_secs(2));
        histogram.add(&slowest);
        let summary = histogram.summary();
        assert_eq!(histogram.total(), 101);
        let found = [summary.p50, summary.p95, summary.p99, summary.max].map(|time| time.to_string());
        assert_eq!(found, ["50.1", "95.1", "99.1", "2000.1"]);
    }

    #[test]
    fn of_nothing_nothing_is_told() {
        assert_eq!(Histogram::default().summary().max.to_string(), "0");
    }
}
