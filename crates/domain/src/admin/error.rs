//! What can go wrong with administration.

use crate::{archive, forecast, identity, market, sentiment};
use jobs::LeaseLost;
use platform::{Fault, FaultKind, vault::VaultError};
use sea_orm::DbErr;
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("{0}")]
    Conflict(&'static str),
    #[error("{message}")]
    BadInput { field: &'static str, message: String },
    #[error("five times an hour is enough; try again later")]
    TooOften(Duration),
    #[error(transparent)]
    Archive(#[from] archive::Error),
    #[error(transparent)]
    Forecast(#[from] forecast::Error),
    #[error(transparent)]
    Identity(#[from] identity::Error),
    #[error(transparent)]
    Market(#[from] market::Error),
    #[error(transparent)]
    Sentiment(#[from] sentiment::Error),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Lease(#[from] LeaseLost),
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Error {
    pub(super) fn input(field: &'static str, message: impl Into<String>) -> Self {
        Self::BadInput { field, message: message.into() }
    }
}

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NotFound(_) => FaultKind::NotFound,
            Self::Conflict(_) => FaultKind::Conflict,
            Self::BadInput { .. } => FaultKind::Invalid,
            Self::TooOften(_) => FaultKind::RateLimited,
            Self::Archive(error) => error.kind(),
            Self::Forecast(error) => error.kind(),
            Self::Identity(error) => error.kind(),
            Self::Market(error) => error.kind(),
            Self::Sentiment(error) => error.kind(),
            Self::Vault(error) => error.kind(),
            Self::Lease(_) => FaultKind::Internal,
            Self::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::BadInput { field, .. } => Some(field),
            Self::Archive(error) => error.field(),
            Self::Identity(error) => error.field(),
            _ => None,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooOften(pause) => Some(*pause),
            Self::Identity(error) => error.retry_after(),
            _ => None,
        }
    }
}
