//! A page of posts as Reddit writes it.

use crate::source::article::text;
use chrono::{DateTime, Utc};
use domain::news::{ContentType, NewPost, address};
use entity::SourceKind;
use serde::Deserialize;
use std::collections::HashSet;

const LONGEST_TITLE: usize = 2_000;
const LONGEST_BODY: usize = 160_000;
/// What is written in place of a text or an author that is gone.
const GONE: [&str; 2] = ["[removed]", "[deleted]"];

/// A page.
#[derive(Debug, Deserialize)]
pub(super) struct Listing {
    data: Data,
}

#[derive(Debug, Deserialize)]
struct Data {
    after: Option<String>,
    children: Vec<Child>,
}

#[derive(Debug, Deserialize)]
struct Child {
    data: Submission,
}

#[derive(Debug, Deserialize)]
struct Submission {
    /// Unique among everything on Reddit.
    name: String,
    subreddit: String,
    title: String,
    #[serde(default)]
    selftext: Option<String>,
    author: Option<String>,
    score: Option<i32>,
    upvote_ratio: Option<f64>,
    num_comments: Option<i32>,
    created_utc: f64,
    permalink: String,
    url: Option<String>,
    #[serde(default)]
    is_self: bool,
    removed_by_category: Option<String>,
    #[serde(default)]
    stickied: bool,
}

impl Listing {
    pub(super) fn after(&self) -> Option<&str> {
        self.data.after.as_deref()
    }

    pub(super) fn len(&self) -> usize {
        self.data.children.len()
    }

    /// When the oldest post of the page was written; sticky ones stand out of order.
    pub(super) fn oldest(&self) -> Option<DateTime<Utc>> {
        let posts = self.data.children.iter().filter(|child| !child.data.stickied);
        posts.filter_map(|child| child.data.time()).min()
    }

    /// The posts that are still there; of several that link to one address the first, `links` being those seen before.
    pub(super) fn posts(&self, links: &mut HashSet<String>) -> Vec<NewPost> {
        let posts = self.data.children.iter().map(|child| &child.data);
        let posts = posts.filter(|post| post.link().is_none_or(|link| links.insert(link)));
        posts.filter_map(Submission::post).collect()
    }
}

impl Submission {
    #[expect(clippy::cast_possible_truncation, reason = "out of range it is no time")]
    fn time(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis((self.created_utc * 1000.0) as i64)
    }

    fn link(&self) -> Option<String> {
        if self.is_self { None } else { address::canonical(self.url.as_deref()?) }
    }

    fn post(&self) -> Option<NewPost> {
        let is_gone = |text: &str| GONE.contains(&text.trim());
        let title = Some(self.title.as_str()).filter(|title| !is_gone(title));
        let body = self.selftext.as_deref().filter(|body| !is_gone(body)).unwrap_or_default();
        if self.removed_by_category.is_some() && body.is_empty() {
            return None;
        }
        let title = title.and_then(|title| text(title, LONGEST_TITLE));
        let body = text(body, LONGEST_BODY).unwrap_or_default();
        if title.is_none() && body.is_empty() {
            return None;
        }
        Some(NewPost {
            source: SourceKind::Reddit,
            external_id: super::super::article::bounded_id(self.name.clone()),
            content_type: ContentType::Post,
            channel: text(&self.subreddit, 200),
            url: address::canonical(&format!("https://www.reddit.com{}", self.permalink)),
            title,
            body,
            author: self.author.clone().filter(|author| !is_gone(author)),
            votes: self.score,
            comment_count: self.num_comments,
            upvote_ratio: self.upvote_ratio.filter(|ratio| (0.0..=1.0).contains(ratio)),
            published_at: self.time()?,
        })
    }
}
