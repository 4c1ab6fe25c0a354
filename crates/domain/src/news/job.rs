//! The jobs of the news.

use chrono::NaiveDate;
use jobs::{Job, Priority};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Fetches what was published about the watch-list since the last time.
#[derive(Debug, Serialize, Deserialize)]
pub struct CollectPosts {}

impl Job for CollectPosts {
    const KIND: &'static str = "news.collect_posts";

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Follows what is published about the watch-list until the worker stops; one worker at a time holds it.
#[derive(Debug, Serialize, Deserialize)]
pub struct StreamPosts {}

impl Job for StreamPosts {
    const KIND: &'static str = "news.stream_posts";
    const PRIORITY: Priority = Priority::High;
    const ENDLESS: bool = true;

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Erases what people wrote once it is old; the scores made of it stay.
#[derive(Debug, Serialize, Deserialize)]
pub struct ErasePosts {}

impl Job for ErasePosts {
    const KIND: &'static str = "news.erase_posts";
    const PRIORITY: Priority = Priority::Low;

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Finds posts that repeat each other: of the last days, or of a week whose posts came late.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct FindCopies {
    /// The week's Monday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week: Option<NaiveDate>,
}

impl Job for FindCopies {
    const KIND: &'static str = "news.find_copies";
    const PRIORITY: Priority = Priority::Low;

    fn unique_key(&self) -> Option<String> {
        Some(self.week.map(|monday| monday.to_string()).unwrap_or_default())
    }
}

/// Finds the mentions in `posts` and scores them: one batch of the pipeline.
#[derive(Debug, Serialize, Deserialize)]
pub struct ScorePosts {
    pub posts: Vec<Uuid>,
}

impl Job for ScorePosts {
    const KIND: &'static str = "sentiment.score_posts";
    // After what fills the queue, so that new data are stored before old ones are scored.
    const PRIORITY: Priority = Priority::Low;
}
