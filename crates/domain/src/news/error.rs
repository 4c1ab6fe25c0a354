//! What can go wrong with posts.

use platform::{Fault, FaultKind};
use sea_orm::DbErr;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Db(error) => error.kind(),
        }
    }
}
