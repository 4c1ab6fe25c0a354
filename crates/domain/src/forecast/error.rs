//! What can go wrong with features.

use crate::{market, news};
use chrono::NaiveDate;
use platform::{Fault, FaultKind};
use sea_orm::DbErr;
use tokio::task::JoinError;
use uuid::Uuid;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no feature version {0}: there are 1.0.0 and 2.0.0")]
    UnknownVersion(String),
    #[error("no stock is called {0}: import its prices, or add it to the watch-list")]
    UnknownSymbol(String),
    #[error("name one stock at least")]
    NoStock,
    #[error("the last day, {last}, is before the first, {first}")]
    NoDays { first: NaiveDate, last: NaiveDate },
    #[error("none of the stocks has a bar between {first} and {last} that was known then")]
    NoBars { first: NaiveDate, last: NaiveDate },
    #[error("there is no feature snapshot {0}")]
    NotFound(Uuid),
    #[error(
        "the past that snapshot {0} was made from was changed since, by an import or a deletion: build another one"
    )]
    Expired(Uuid),
    #[error("{0} posts that were known by then are not scored yet: try again when they are")]
    Unscored(u64),
    #[error("snapshots of feature versions {0} and {1} have no columns to compare")]
    OtherVersion(String, String),
    #[error("building the features was cut short")]
    CutShort(#[from] JoinError),
    #[error(transparent)]
    Market(#[from] market::Error),
    #[error(transparent)]
    News(#[from] news::Error),
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Self::UnknownVersion(_) | Self::NoStock | Self::NoDays { .. } | Self::OtherVersion(..) => {
                FaultKind::Invalid
            }
            Self::UnknownSymbol(_) | Self::NoBars { .. } | Self::NotFound(_) => FaultKind::NotFound,
            Self::Expired(_) | Self::Unscored(_) => FaultKind::Conflict,
            Self::CutShort(_) => FaultKind::Internal,
            Self::Market(error) => error.kind(),
            Self::News(error) => error.kind(),
            Self::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::UnknownVersion(_) => Some("version"),
            Self::UnknownSymbol(_) | Self::NoStock => Some("symbols"),
            Self::NoDays { .. } => Some("to"),
            _ => None,
        }
    }
}
