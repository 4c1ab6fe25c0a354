//! What happened, in order: appended with the change itself, announced after the commit, read by cursor.
//!
//! Owns the tables `event` and `topic`. Numbers within a topic are 1, 2, 3 … without gaps, in the order of the commits.

mod append;
mod feed;

pub use append::{Appended, append, delete_before};
pub use feed::{Feed, FeedError, Happening};

use serde::Serialize;

/// Something that happened; its payload holds ids, not texts, so that erasing a text erases it everywhere.
pub trait Event: Serialize {
    const TOPIC: &'static str;
}

/// The bus topic that announces events; the payload is the name of the event's topic.
pub const ANNOUNCEMENT: &str = "event";
