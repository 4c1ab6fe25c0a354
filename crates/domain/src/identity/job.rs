//! The jobs of identity.

use super::{Error, account::Email};
use jobs::{Job, Priority};
use platform::Platform;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Letter {
    /// To someone who registered.
    Welcome,
    /// To someone who forgot a password.
    Reset,
}

/// Writes to someone, if the address belongs to an account.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendLetter {
    pub letter: Letter,
    /// The address, sealed: jobs can be read by administrators.
    pub(super) email: String,
    /// Two requests are two letters.
    id: Uuid,
}

impl Job for SendLetter {
    const KIND: &'static str = "identity.send_letter";
    const PRIORITY: Priority = Priority::High;
}

pub(super) const PURPOSE: &str = "identity.letter";

impl SendLetter {
    /// Call it before the transaction: sealing may need one of its own.
    pub(super) async fn seal(platform: &Platform, letter: Letter, email: &Email) -> Result<Self, Error> {
        let email = platform.vault.seal(PURPOSE, email.as_str().as_bytes()).await?;
        Ok(Self { letter, email, id: Uuid::now_v7() })
    }
}
