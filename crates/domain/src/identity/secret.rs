//! Random tokens and their hashes.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::hex;
use rand::RngExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// 256 random bits after `prefix`: nobody guesses them, so a plain hash is enough to store.
pub(super) fn issue(prefix: &str) -> SecretString {
    let random: [u8; 32] = rand::rng().random();
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(random)).into()
}

/// What is stored of a token. Looking it up by its hash tells an attacker nothing by its timing.
pub(super) fn hash(token: &SecretString) -> String {
    hex(&Sha256::digest(token.expose_secret().as_bytes()))
}
