//! An article of any vendor as a post: bounded, with the one address that it has everywhere.

use super::file::fingerprint;
use chrono::{DateTime, Utc};
use domain::news::{ContentType, NewPost, address};
use entity::SourceKind;

const LONGEST_ID: usize = 200;
const LONGEST_TITLE: usize = 2_000;
/// Reddit's own limit is 40 000 characters.
const LONGEST_BODY: usize = 160_000;
const LONGEST_CHANNEL: usize = 200;

/// What all vendors of news tell of an article.
#[derive(Clone, Debug)]
pub(super) struct Article<'a> {
    /// Absent: the address is all there is to know it by.
    pub id: Option<String>,
    pub title: &'a str,
    pub body: &'a str,
    pub url: &'a str,
    pub publisher: Option<&'a str>,
    pub author: Option<&'a str>,
    pub published_at: DateTime<Utc>,
}

impl Article<'_> {
    /// The post; `None` of what says nothing.
    pub(super) fn post(self, source: SourceKind) -> Option<NewPost> {
        let (title, body) =
            (text(self.title, LONGEST_TITLE), text(self.body, LONGEST_BODY).unwrap_or_default());
        let content_type = if body.is_empty() { ContentType::Headline } else { ContentType::Article };
        if title.is_none() && body.is_empty() {
            return None;
        }
        let url = address::canonical(self.url);
        let id = self.id.unwrap_or_else(|| url.clone().unwrap_or_else(|| self.url.to_owned()));
        Some(NewPost {
            source,
            external_id: bounded_id(id),
            content_type,
            channel: self.publisher.and_then(|name| text(name, LONGEST_CHANNEL)),
            url,
            title,
            body,
            author: self.author.and_then(|name| text(name, LONGEST_CHANNEL)),
            votes: None,
            comment_count: None,
            upvote_ratio: None,
            published_at: self.published_at,
        })
    }
}

/// The id, or what stands for one that is too long.
pub(super) fn bounded_id(id: String) -> String {
    let is_plain = id.len() <= LONGEST_ID && !id.contains('\0');
    if is_plain { id } else { format!("{:032x}", fingerprint(&[id.as_bytes()])) }
}

/// At most `most` bytes of the text; `None` of nothing.
pub(super) fn text(text: &str, most: usize) -> Option<String> {
    // PostgreSQL takes no zero bytes.
    let text = text.trim().replace('\0', "");
    let cut = text.floor_char_boundary(most);
    let text = text[..cut].trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

/// `posts` oldest first, each once, within `range`.
pub(super) fn ordered(posts: Vec<NewPost>, range: &std::ops::Range<DateTime<Utc>>) -> Vec<NewPost> {
    let mut seen = std::collections::HashSet::new();
    let mut posts: Vec<NewPost> = posts
        .into_iter()
        .filter(|post| range.contains(&post.published_at) && seen.insert(post.external_id.clone()))
        .collect();
    posts.sort_by_key(|post| post.published_at);
    posts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_bounded_at_whole_letters_and_have_no_zeros() {
        assert_eq!(text(" a\0b ", 10).as_deref(), Some("ab"));
        assert_eq!(text("aé", 2).as_deref(), Some("a"));
        assert_eq!(text("\0 ", 2), None);
    }

    #[test]
    fn an_article_without_an_id_is_known_by_its_address_however_long() {
        let article = |url| Article {
            id: None,
            title: "Title",
            body: "",
            url,
            publisher: Some(" "),
            author: None,
            published_at: DateTime::UNIX_EPOCH,
        };
        let post = article("http://example.com/a?utm_source=x").post(SourceKind::NewsApi).unwrap();
        assert_eq!(
            (post.external_id.as_str(), post.url.as_deref(), post.channel),
            ("https://example.com/a", Some("https://example.com/a"), None)
        );
        let long = format!("https://example.com/{}", "x".repeat(600));
        let post = article(&long).post(SourceKind::NewsApi).unwrap();
        assert_eq!((post.external_id.len(), post.url), (32, None));
    }
}
