//! The jobs of identity.

mod rotate_signing_key;
mod send_letter;
