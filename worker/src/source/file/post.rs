use super::{
    Reason, Rows,
    column::{Column, Need},
    date,
    fingerprint::fingerprint,
    number,
    rows::{Fields, Shape},
};
use chrono::{DateTime, Utc};
use domain::{market::BarDefect, news::NewPost};
use entity::{SourceKind, news::post::ContentType};
use rustc_hash::FxHashSet;

/// The posts of a file.
pub type PostRows = Rows<PostShape>;

const LONGEST_ID: usize = 200;
/// What networks show in place of what was taken down; in author columns also for nobody.
const PLACEHOLDERS: [&str; 2] = ["[deleted]", "[removed]"];

const PUBLISHED_AT: usize = 0;
const TEXT: usize = 1;
const TITLE: usize = 2;
const ID: usize = 3;
const AUTHOR: usize = 4;
const VOTES: usize = 5;
const COMMENT_COUNT: usize = 6;
const UPVOTE_RATIO: usize = 7;
const CHANNEL: usize = 8;
const URL: usize = 9;
const CONTENT_TYPE: usize = 10;
const SOURCE: usize = 11;

static COLUMNS: [Column; 12] = {
    use Need::{Either, Optional, Required};
    [
        Column::new(
            "publication time",
            &[
                "publishedat",
                "published",
                "createdutc",
                "createdat",
                "created",
                "timestamp",
                "datetime",
                "date",
                "time",
            ],
            Required,
        ),
        Column::new(
            "text",
            &[
                "text",
                "body",
                "selftext",
                "content",
                "message",
                "tweet",
                "comment",
                "original",
                "summary",
                "description",
            ],
            Either,
        ),
        Column::new("title", &["title", "headline"], Either),
        Column::new("id", &["id", "externalid", "postid", "tweetid", "idstr"], Optional),
        Column::new("author", &["author", "user", "username", "screenname"], Optional),
        Column::new("votes", &["votes", "score", "ups", "upvotes", "likes", "likecount"], Optional),
        Column::new("comment count", &["commentcount", "numcomments", "commentscount"], Optional),
        Column::new("upvote ratio", &["upvoteratio"], Optional),
        Column::new("channel", &["channel", "subreddit", "publisher"], Optional),
        Column::new("url", &["permalink", "url", "link"], Optional),
        Column::new("content type", &["contenttype"], Optional),
        Column::new("source", &["source"], Optional),
    ]
};

/// Reads posts, and remembers the fingerprints of their ids.
#[derive(Debug)]
pub struct PostShape {
    source: SourceKind,
    now: DateTime<Utc>,
    seen: FxHashSet<u128>,
}

impl PostShape {
    pub(super) fn new(source: SourceKind, now: DateTime<Utc>) -> Self {
        Self { source, now, seen: FxHashSet::default() }
    }
}

impl Shape for PostShape {
    type Item = NewPost;

    fn columns(&self) -> &'static [Column] {
        &COLUMNS
    }

    fn parse(&mut self, fields: &Fields<'_>) -> Result<NewPost, Reason> {
        if super::is_simulated(fields.get(SOURCE)) {
            return Err(Reason::Simulated);
        }
        let published_at = fields.get(PUBLISHED_AT).and_then(date::instant).ok_or(Reason::UnreadableDate)?;
        // By the day: a date without a time stands for the end of its day.
        if published_at.date_naive() > self.now.date_naive() {
            return Err(Reason::Defect(BarDefect::FutureDate));
        }
        let title = shown(fields, TITLE)?;
        let body = shown(fields, TEXT)?.unwrap_or_default();
        if title.is_none() && body.is_empty() {
            return Err(Reason::EmptyText);
        }
        let post = NewPost {
            source: self.source,
            external_id: external_id(fields, published_at, title.unwrap_or_default(), body)?,
            content_type: content_type(fields)?,
            channel: owned(fields, CHANNEL)?,
            url: fields.text(URL)?.map(absolute),
            title: title.map(str::to_owned),
            body: body.to_owned(),
            author: shown(fields, AUTHOR)?.map(str::to_owned),
            votes: count(fields, VOTES)?,
            comment_count: count(fields, COMMENT_COUNT)?,
            upvote_ratio: upvote_ratio(fields)?,
            published_at,
        };
        // Last, so that a bad row never makes the good one behind it a duplicate.
        let is_new = self.seen.insert(fingerprint(&[post.external_id.as_bytes()]));
        if is_new { Ok(post) } else { Err(Reason::DuplicatePost) }
    }
}

/// The file's id, or one made of what the post says: the same post has the same id in every import.
fn external_id(
    fields: &Fields<'_>,
    published_at: DateTime<Utc>,
    title: &str,
    body: &str,
) -> Result<String, Reason> {
    match fields.text(ID)? {
        Some(id) if id.len() > LONGEST_ID => Err(Reason::IdTooLong),
        Some(id) => Ok(id.to_owned()),
        None => {
            let time = published_at.timestamp_millis().to_be_bytes();
            Ok(format!("{:032x}", fingerprint(&[time.as_slice(), title.as_bytes(), body.as_bytes()])))
        }
    }
}

/// The column's word for it; else headlines if the file has titles alone, and posts if not.
fn content_type(fields: &Fields<'_>) -> Result<ContentType, Reason> {
    let word = fields.text(CONTENT_TYPE)?.map(str::to_ascii_lowercase);
    match word.as_deref() {
        Some("post") => Ok(ContentType::Post),
        Some("comment") => Ok(ContentType::Comment),
        Some("article") => Ok(ContentType::Article),
        Some("headline") => Ok(ContentType::Headline),
        Some(_) => Err(Reason::UnknownContentType),
        None if fields.has(TEXT) => Ok(ContentType::Post),
        None => Ok(ContentType::Headline),
    }
}

fn owned(fields: &Fields<'_>, column: usize) -> Result<Option<String>, Reason> {
    fields.text(column).map(|text| text.map(str::to_owned))
}

/// The text unless it was taken down.
fn shown<'a>(fields: &Fields<'a>, column: usize) -> Result<Option<&'a str>, Reason> {
    fields.text(column).map(|text| text.filter(|text| !PLACEHOLDERS.contains(text)))
}

/// Reddit gives its permalinks without a host.
fn absolute(url: &str) -> String {
    if url.starts_with("/r/") { format!("https://www.reddit.com{url}") } else { url.to_owned() }
}

fn count(fields: &Fields<'_>, column: usize) -> Result<Option<i32>, Reason> {
    let field = fields.get(column).filter(|field| !number::is_null(field));
    let whole = field.map(number::whole).transpose()?;
    whole.map(|whole| i32::try_from(whole).map_err(|_| Reason::UnreadableNumber)).transpose()
}

fn upvote_ratio(fields: &Fields<'_>) -> Result<Option<f64>, Reason> {
    let field = fields.get(UPVOTE_RATIO).filter(|field| !number::is_null(field));
    let ratio = field.map(|field| number::amount(field).map(entity::Amount::to_f64)).transpose()?;
    match ratio {
        Some(ratio) if !(0.0..=1.0).contains(&ratio) => Err(Reason::UnreadableNumber),
        ratio => Ok(ratio),
    }
}
