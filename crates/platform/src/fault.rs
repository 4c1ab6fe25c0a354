//! What every error of a feature says about itself.

use sea_orm::DbErr;
use std::time::Duration;

/// What most waits are for.
pub const BUSY: &str = "the database is busy or does not answer; try again in a moment";

/// How a failure concerns the one who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The input is wrong; the message says how to mend it.
    Invalid,
    /// What was named does not exist.
    NotFound,
    /// The input is right, but not in the present state.
    Conflict,
    /// Who asks has not said, or not proven, who they are.
    Unauthenticated,
    /// Who asks may not.
    Forbidden,
    /// Who asks may, with a fresh second factor.
    TotpRequired,
    /// Who asks did so too often.
    RateLimited,
    /// Nothing is wrong with the input, but no model is there to answer.
    NoModel,
    /// Nothing is wrong with the input; later it may work.
    Unavailable,
    /// Ours to mend; the details go to the log, never to the client.
    Internal,
}

/// An error that can be shown to clients.
pub trait Fault: std::error::Error {
    fn kind(&self) -> FaultKind;

    /// The input field at fault, in the API's spelling.
    fn field(&self) -> Option<&str> {
        None
    }

    /// What clients are told when it is `Unavailable`.
    fn unavailable(&self) -> &'static str {
        BUSY
    }

    /// After which time it may work.
    fn retry_after(&self) -> Option<Duration> {
        None
    }
}

impl Fault for DbErr {
    fn kind(&self) -> FaultKind {
        if crate::database::is_busy(self) { FaultKind::Unavailable } else { FaultKind::Internal }
    }
}
