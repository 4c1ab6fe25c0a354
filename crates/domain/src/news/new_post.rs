//! A post on its way in.

use chrono::{DateTime, Utc};
use entity::{SourceKind, news::post::ContentType};

/// What a source says of one post.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPost {
    pub source: SourceKind,
    /// Unique within the source, at most 200 bytes.
    pub external_id: String,
    pub content_type: ContentType,
    /// A subreddit or a publisher.
    pub channel: Option<String>,
    pub url: Option<String>,
    pub title: Option<String>,
    pub body: String,
    /// Hashed before it is stored.
    pub author: Option<String>,
    pub votes: Option<i32>,
    pub comment_count: Option<i32>,
    /// 0…1.
    pub upvote_ratio: Option<f64>,
    pub published_at: DateTime<Utc>,
}
