//! Why a vendor gave nothing.

use chrono::{DateTime, Utc};
use domain::admin::connection::Outcome;
use std::time::Duration;

/// One failure, in our words: a vendor's may repeat the key, and a library's the address with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VendorError {
    #[error("the vendor cannot be reached")]
    Unreachable,
    #[error("the vendor did not answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    #[error("the vendor's answer is larger than {} MiB", .0 / 1024 / 1024)]
    TooLarge(usize),
    #[error("the vendor sends elsewhere (status {0}), where the key must not go")]
    Redirected(u16),
    #[error("the request cannot be written")]
    Request,
    /// So many requests in so short a time.
    #[error("the vendor wants to be asked less often")]
    RateLimited { retry_after: Option<Duration> },
    /// So many requests in a day or a month.
    #[error("the vendor grants no more requests in this period")]
    QuotaSpent,
    #[error("the vendor refuses the credential")]
    WrongCredential,
    /// The access token that was traded for the credential has come to its end.
    #[error("the vendor wants another access token")]
    TokenExpired,
    #[error("the vendor does not give this to the credential's plan, or not to us")]
    Forbidden,
    /// A wall before the vendor, not its own answer.
    #[error("the vendor blocks us")]
    Blocked,
    #[error("the vendor knows nothing of it")]
    NotFound,
    #[error("the vendor answers with {0}")]
    Malformed(&'static str),
    #[error("the vendor has a failure of its own (status {0})")]
    Server(u16),
    #[error("the vendor does not take the request (status {0})")]
    Rejected(u16),
    /// Nobody was called.
    #[error("the vendor is left alone until {0}")]
    Resting(DateTime<Utc>),
    /// Nobody was called.
    #[error("the budget of this {0} is spent")]
    BudgetSpent(&'static str),
    /// Nobody was called.
    #[error("the vendor has no credential")]
    NotConfigured,
    /// Ours, not the vendor's.
    #[error("{0}")]
    Ours(String),
}

impl VendorError {
    /// The label of metrics.
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut(_) => "timed_out",
            Self::TooLarge(_) => "too_large",
            Self::Redirected(_) => "redirected",
            Self::Request => "request",
            Self::RateLimited { .. } => "rate_limited",
            Self::QuotaSpent => "quota_spent",
            Self::WrongCredential => "wrong_credential",
            Self::TokenExpired => "token_expired",
            Self::Forbidden => "forbidden",
            Self::Blocked => "blocked",
            Self::NotFound => "not_found",
            Self::Malformed(_) => "malformed",
            Self::Server(_) => "server",
            Self::Rejected(_) => "rejected",
            Self::Resting(_) => "resting",
            Self::BudgetSpent(_) => "budget_spent",
            Self::NotConfigured => "not_configured",
            Self::Ours(_) => "ours",
        }
    }

    /// Whether the same request may succeed in a moment.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable | Self::TimedOut(_) | Self::RateLimited { .. } | Self::Server(_))
    }

    /// Whether it is worth asking again within minutes.
    pub const fn may_pass(&self) -> bool {
        self.is_outage() || self.is_transient() || matches!(self, Self::Resting(_) | Self::Ours(_))
    }

    /// Whether it tells of a vendor that is ill: those open its breaker.
    pub const fn is_outage(&self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::TimedOut(_)
                | Self::TooLarge(_)
                | Self::Redirected(_)
                | Self::Blocked
                | Self::Malformed(_)
                | Self::Server(_)
        )
    }

    /// What it says of the vendor as a whole; `None` if nothing: the vendor works, or was not called.
    pub const fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::WrongCredential => Some(Outcome::WrongCredential),
            Self::RateLimited { .. } | Self::QuotaSpent => Some(Outcome::Limited),
            Self::Unreachable | Self::TimedOut(_) | Self::Server(_) => Some(Outcome::Unreachable),
            Self::TooLarge(_)
            | Self::Redirected(_)
            | Self::Blocked
            | Self::Malformed(_)
            | Self::Rejected(_) => Some(Outcome::Unexpected),
            _ => None,
        }
    }
}

impl From<domain::admin::Error> for VendorError {
    fn from(error: domain::admin::Error) -> Self {
        Self::Ours(error.to_string())
    }
}
