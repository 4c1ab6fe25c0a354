//! Why the server closes a socket. Reasons are constants: a close frame has room for 123 bytes.

use axum::extract::ws::{CloseFrame, Message};

/// A code, and the words for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close(pub u16, pub &'static str);

/// RFC 6455: the server goes away. Clients connect again.
pub const GOING_AWAY: Close = Close(1001, "the server restarts; connect again");
pub const TOO_LARGE: Close = Close(1009, "a message has at most 256 KiB");
/// What follows is never tried again by clients, but for 4403.
pub const INVALID_MESSAGE: Close = Close(4400, "Invalid message");
pub const UNAUTHORIZED: Close = Close(4401, "Unauthorized");
/// The sign-in is no good, or no longer.
pub const FORBIDDEN: Close = Close(4403, "Forbidden");
pub const PROTOCOL_UNKNOWN: Close = Close(4406, "Subprotocol not acceptable: use graphql-transport-ws");
pub const INIT_TIMEOUT: Close = Close(4408, "Connection initialisation timeout");
pub const ID_TAKEN: Close = Close(4409, "Subscriber already exists");
pub const SECOND_INIT: Close = Close(4429, "Too many initialisation requests");
pub const TOO_MANY_MESSAGES: Close = Close(4429, "Too many messages");
pub const INTERNAL: Close = Close(4500, "Internal error");

impl From<Close> for Message {
    fn from(Close(code, reason): Close) -> Self {
        Self::Close(Some(CloseFrame { code, reason: reason.into() }))
    }
}
