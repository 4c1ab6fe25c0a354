//! Who asks, and what they may do: accounts, sessions, API keys, second factors, and the trace of it all.
//!
//! Owns the tables `account`, `session`, `refresh_token`, `api_key`, `one_time_token`, `signing_key` and
//! `audit_entry`. Only this feature makes the proofs (`User`, `Analyst`, `Admin`, `FreshTotp`) that use cases of all
//! features ask for, so that a use case can't be called by someone who may not.
//!
//! Passwords, tokens and codes come in as `SecretString`, are stored as hashes or sealed, and are never logged.

pub mod access;
pub mod account;
pub mod api_key;
pub mod audit;
pub mod departure;
pub mod enrolment;
mod error;
pub mod expiry;
pub mod gatekeeper;
pub mod google;
pub mod idempotency;
mod job;
pub mod letter;
pub mod login;
mod master_key;
mod one_time;
mod password;
pub mod personal;
pub mod recovery;
mod secret;
pub mod session;
mod signing;
pub mod totp;
mod tries;
mod watch;

pub use access::{Access, Actor, Admin, Analyst, FreshTotp, Member, Origin, Proof, Scope, Standing, User};
pub use entity::identity::account::Role;
pub use error::Error;
pub use gatekeeper::Gatekeeper;
pub use job::SendLetter;
pub use master_key::rotate as rotate_master_key;
pub use session::SignedIn;
pub use signing::{Keyring, RotateSigningKey, key_set, rotate as rotate_signing_key};

/// The bus topic on which an account's id is published when one of its credentials is withdrawn.
pub const TOPIC: &str = "identity";
