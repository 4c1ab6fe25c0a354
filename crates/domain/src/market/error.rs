//! What can go wrong with stocks and prices.

use platform::{Fault, FaultKind};
use sea_orm::DbErr;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "{0:?} is not a symbol: write 1 to 10 of A-Z, 0-9, dot and hyphen, starting with a letter, such as AAPL or BRK.B"
    )]
    BadSymbol(String),
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Self::BadSymbol(_) => FaultKind::Invalid,
            Self::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&str> {
        matches!(self, Self::BadSymbol(_)).then_some("symbol")
    }
}
