//! What can go wrong with stocks and prices.

use crate::identity;
use platform::{Fault, FaultKind};
use sea_orm::DbErr;
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "{0:?} is not a symbol: write 1 to 10 of A-Z, 0-9, dot and hyphen, starting with a letter, such as AAPL or BRK.B"
    )]
    BadSymbol(String),
    #[error("{message}")]
    BadWatchlist { field: &'static str, message: String },
    #[error("the watch-list holds at most {0} symbols; remove some first")]
    WatchlistFull(u64),
    #[error("a split and a dividend are of more than nothing")]
    BadAction,
    #[error("no finding has this id")]
    NoFinding,
    #[error("this finding was decided already")]
    DecidedAlready,
    #[error("this finding proposes nothing that could be applied; dismiss it, or import the right bar")]
    NothingProposed,
    #[error("the source states this bar anew since it was found; the next check looks at it again")]
    Outdated,
    #[error(transparent)]
    Identity(#[from] identity::Error),
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Error {
    pub(super) fn bad_watchlist(field: &'static str, message: impl Into<String>) -> Self {
        Self::BadWatchlist { field, message: message.into() }
    }
}

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Self::BadSymbol(_) | Self::BadWatchlist { .. } | Self::BadAction => FaultKind::Invalid,
            Self::NoFinding => FaultKind::NotFound,
            Self::WatchlistFull(_) | Self::DecidedAlready | Self::NothingProposed | Self::Outdated => {
                FaultKind::Conflict
            }
            Self::Identity(error) => error.kind(),
            Self::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::BadSymbol(_) => Some("symbol"),
            Self::NoFinding => Some("id"),
            Self::BadWatchlist { field, .. } => Some(field),
            Self::Identity(error) => error.field(),
            _ => None,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Identity(error) => error.retry_after(),
            _ => None,
        }
    }
}
