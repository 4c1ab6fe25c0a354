//! The key above all keys.

use super::{
    Actor, Error,
    audit::{self, Act},
};
use platform::{Platform, vault::MasterKey};

/// Wraps all data keys of the vault by `new`, as [`platform::vault::Vault::rotate_master_key`] does, and writes it down.
pub async fn rotate(platform: &Platform, actor: &Actor, new: MasterKey) -> Result<(), Error> {
    let act = Act::new("identity.rotate_master_key").named("master_key", &new.fingerprint());
    let now = platform.clock.now();
    platform.vault.rotate_master_key(new, async |txn| audit::record(txn, now, actor, act).await).await
}
