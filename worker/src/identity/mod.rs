//! The jobs of identity.

mod forget_expired;
mod rotate_signing_key;
mod send_letter;
