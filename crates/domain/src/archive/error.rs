//! What can go wrong with archives.

use super::MOST;
use platform::{Fault, FaultKind};
use sea_orm::DbErr;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such archive")]
    NotFound,
    #[error("the archive is not ready yet; watch its job with `jobUpdated`")]
    NotReady,
    #[error("an account has at most {MOST} archives: delete one first, or wait until one expires")]
    TooMany,
    #[error(
        "a file's name has 1 to 100 letters, digits, dots, spaces, hyphens and underscores, and starts with a letter or digit"
    )]
    BadFileName,
    #[error("the archive was deleted, or another worker writes it")]
    Replaced,
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NotFound => FaultKind::NotFound,
            Self::NotReady | Self::TooMany | Self::Replaced => FaultKind::Conflict,
            Self::BadFileName => FaultKind::Invalid,
            Self::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::BadFileName => Some("name"),
            _ => None,
        }
    }
}
