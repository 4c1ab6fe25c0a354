//! What the service promises, and what becomes of it.

use crate::scalar::Symbol;
use async_graphql::{Enum, SimpleObject};
use domain::admin::service_level::{Level, Promise, Severity};

/// Something that is promised of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Promise")]
pub enum ServiceLevelKind {
    /// The share of the last day's posts that were scored within ten minutes, 0…1; at least 0.95.
    PostsScored,
    /// The mean quality of the last day's posts, 0…100; at least 40.
    PostQuality,
    /// The share of the last 90 days' sessions of which a stock of the watch-list has a daily bar, 0…1, the worst stock's;
    /// at least 0.9.
    PricesPresent,
    /// The share of the jobs that ended in the last day and did not fail, 0…1; at least 0.9.
    JobsDone,
    /// The hours of this session, while it lasts, since the last quote of a stock of the watch-list, the worst stock's; at
    /// most 2.
    QuoteAge,
    /// The hours since the newest post came; at most 2.
    PostAge,
    /// The upper bound (by Wilson) of the share of closes that came to lie within their 95 % intervals in the last 90 days,
    /// of the models that answer the worst one's; at least 0.95.
    IntervalCoverage,
}

/// How bad it is when a promise is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Severity")]
pub enum AlertSeverity {
    /// Should be looked at.
    Warning,
    /// Users are told old things.
    Critical,
}

/// A promise, and what became of it.
#[derive(Clone, Debug, SimpleObject)]
pub struct ServiceLevel {
    /// What is promised.
    kind: ServiceLevelKind,
    /// What is true now; null where there is nothing to measure, such as quotes while the market is closed.
    value: Option<f64>,
    /// The worst value that keeps the promise.
    target: f64,
    /// Whether the promise is kept; null where there is nothing to measure.
    is_kept: Option<bool>,
    /// How bad it is when it is not.
    severity: AlertSeverity,
    /// The worst stock, of promises about each; otherwise null.
    symbol: Option<Symbol>,
}

impl From<Level> for ServiceLevel {
    fn from(level: Level) -> Self {
        Self {
            kind: level.promise.into(),
            value: level.value,
            target: level.promise.target(),
            is_kept: level.is_kept(),
            severity: level.promise.severity().into(),
            symbol: level.symbol.and_then(|symbol| symbol.parse().ok()).map(Symbol),
        }
    }
}
