//! The jobs of administration.

use jobs::{Job, Priority};
use serde::{Deserialize, Serialize};

/// Deletes what is past its retention: ended jobs, old events, old log lines.
#[derive(Debug, Serialize, Deserialize)]
pub struct CleanUp {}

impl Job for CleanUp {
    const KIND: &'static str = "admin.clean_up";
    const PRIORITY: Priority = Priority::Low;

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}
