//! What can go wrong with sentiment.

use crate::{market, news};
use jobs::LeaseLost;
use platform::{Fault, FaultKind};
use sea_orm::DbErr;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a lag of {0} sessions is too long: at most {max} either way", max = super::correlation::LONGEST_LAG)]
    LagTooLong(i32),
    #[error(transparent)]
    Market(#[from] market::Error),
    #[error(transparent)]
    News(#[from] news::Error),
    #[error(transparent)]
    Lease(#[from] LeaseLost),
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Self::LagTooLong(_) => FaultKind::Invalid,
            Self::Market(error) => error.kind(),
            Self::News(error) => error.kind(),
            Self::Lease(_) => FaultKind::Conflict,
            Self::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::LagTooLong(_) => Some("lagDays"),
            Self::Market(error) => error.field(),
            _ => None,
        }
    }
}
