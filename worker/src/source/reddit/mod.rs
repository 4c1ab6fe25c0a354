//! Reddit: what is posted in some subreddits.

mod listing;
mod token;

use super::{
    Habit, PostSource, VendorError,
    article::ordered,
    vendor_http::{Line, VendorAnswer},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{market::Symbol, news::NewPost};
use entity::SourceKind;
use listing::Listing;
use reqwest::header::USER_AGENT;
use secrecy::ExposeSecret as _;
use serde::de::DeserializeOwned;
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use token::Tokens;
use tracing::warn;

/// Reddit slows down whoever has no name of this form.
pub(super) const APP: &str = concat!("server:bellwether:", env!("CARGO_PKG_VERSION"), " (by /u/bellwether)");
/// A listing ends after about a thousand posts.
const MOST_PAGES: usize = 11;

/// Reddit's client.
#[derive(Clone, Debug)]
pub struct Reddit {
    line: Line,
    base: String,
    tokens: Arc<Tokens>,
    subreddits: Arc<[String]>,
    /// Since when those were not read that gave nothing: when they open again, that is made up for.
    unread: Arc<Mutex<HashMap<String, DateTime<Utc>>>>,
}

impl Reddit {
    pub fn new(line: Line, base: String, token_url: String, subreddits: Vec<String>) -> Self {
        let tokens = Arc::new(Tokens::new(line.clone(), token_url));
        Self { line, base, tokens, subreddits: subreddits.into(), unread: Arc::default() }
    }

    /// The newest posts of a subreddit within `range`, oldest first.
    pub async fn newest(
        &self,
        subreddit: &str,
        range: &Range<DateTime<Utc>>,
    ) -> Result<Vec<NewPost>, VendorError> {
        self.pages(&format!("r/{subreddit}/new"), &[], range).await.map(|(posts, _)| posts)
    }

    /// All that a subreddit's newest listing has, oldest first, and how many posts it lists: some say nothing any more.
    pub async fn scrape(&self, subreddit: &str) -> Result<(Vec<NewPost>, usize), VendorError> {
        let ever = DateTime::UNIX_EPOCH..self.line.now();
        self.pages(&format!("r/{subreddit}/new"), &[], &ever).await
    }

    /// The newest posts of a subreddit within `range` in which `words` are found, oldest first.
    pub async fn search(
        &self,
        subreddit: &str,
        words: &str,
        range: &Range<DateTime<Utc>>,
    ) -> Result<Vec<NewPost>, VendorError> {
        let query = [("q", words), ("restrict_sr", "1"), ("sort", "new")];
        self.pages(&format!("r/{subreddit}/search"), &query, range).await.map(|(posts, _)| posts)
    }

    fn unread(&self) -> MutexGuard<'_, HashMap<String, DateTime<Utc>>> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn pages(
        &self,
        path: &str,
        query: &[(&str, &str)],
        range: &Range<DateTime<Utc>>,
    ) -> Result<(Vec<NewPost>, usize), VendorError> {
        let mut listed = 0;
        let (mut posts, mut links, mut cursors) = (Vec::new(), HashSet::new(), HashSet::new());
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut query = query.to_vec();
            query.extend([("limit", "100"), ("raw_json", "1")]);
            query.extend(after.as_deref().map(|after| ("after", after)));
            let page: Listing = self.get(path, &query).await?;
            let is_past = page.oldest().is_none_or(|oldest| oldest < range.start);
            listed += page.len();
            posts.extend(page.posts(&mut links));
            after = page.after().map(str::to_owned);
            let Some(cursor) = after.clone().filter(|_| !is_past) else { break };
            if !cursors.insert(cursor) {
                return Err(VendorError::Malformed("a page that leads back to itself"));
            }
        }
        Ok((ordered(posts, range), listed))
    }

    /// One page, with another access token if the first has come to its end.
    async fn get<T: DeserializeOwned + Send>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, VendorError> {
        match self.get_once(path, query).await {
            Err(VendorError::TokenExpired) => {}
            page => return page,
        }
        self.tokens.forget().await;
        match self.get_once(path, query).await {
            Err(VendorError::TokenExpired) => Err(VendorError::WrongCredential),
            page => page,
        }
    }

    async fn get_once<T: DeserializeOwned + Send>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, VendorError> {
        let token = self.tokens.get().await?;
        let url = format!("{}/{path}", self.base);
        let ask = |client: &reqwest::Client, _: &_| {
            let get = client.get(&url).query(query).header(USER_AGENT, APP);
            Ok(get.bearer_auth(token.expose_secret()))
        };
        let read = |answer: &VendorAnswer| match read(answer) {
            Err(VendorError::WrongCredential) => Err(VendorError::TokenExpired),
            page => page,
        };
        self.line.fetch(ask, read).await
    }
}

#[async_trait::async_trait]
impl PostSource for Reddit {
    fn kind(&self) -> SourceKind {
        SourceKind::Reddit
    }

    fn habit(&self) -> Habit {
        // Filters hold posts back for a while.
        Habit { reach: None, pace: TimeDelta::minutes(30), delay: TimeDelta::minutes(30) }
    }

    async fn collect(
        &self,
        _symbols: &[Symbol],
        range: Range<DateTime<Utc>>,
    ) -> Result<Vec<NewPost>, VendorError> {
        let (mut posts, mut answered, mut closed) = (Vec::new(), false, None);
        let (mut earliest, mut opened) = (range.start, Vec::new());
        for subreddit in self.subreddits.iter() {
            let start = self.unread().get(subreddit).map_or(range.start, |since| range.start.min(*since));
            match self.newest(subreddit, &(start..range.end)).await {
                Ok(found) => {
                    opened.push(subreddit);
                    earliest = earliest.min(start);
                    answered = true;
                    posts.extend(found);
                }
                // One that has closed its doors, or leads elsewhere, keeps nobody from the others.
                Err(
                    error @ (VendorError::NotFound | VendorError::Forbidden | VendorError::Redirected(_)),
                ) => {
                    warn!(%error, "r/{subreddit} gives nothing");
                    self.unread().insert(subreddit.clone(), start);
                    closed = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        // Where nobody answers at all, nothing counts as read.
        if let Some(error) = closed.filter(|_| !answered) {
            return Err(error);
        }
        // Only now: whoever fails meanwhile is read again as a whole.
        self.unread().retain(|subreddit, _| !opened.contains(&subreddit));
        Ok(ordered(posts, &(earliest..range.end)))
    }

    async fn validate_connection(&self) -> Result<(), VendorError> {
        self.get::<Listing>("r/popular/hot", &[("limit", "1"), ("raw_json", "1")]).await.map(drop)
    }
}

/// A good answer's body, or what the answer means.
pub(super) fn read<T: DeserializeOwned>(answer: &VendorAnswer) -> Result<T, VendorError> {
    match answer.parse() {
        // A closed subreddit says so in JSON; the wall before Reddit is a page.
        Err(VendorError::Forbidden) if answer.json().is_none() => Err(VendorError::Blocked),
        Err(VendorError::RateLimited { retry_after: None }) => {
            let reset = answer.number("x-ratelimit-reset").and_then(|seconds| seconds.try_into().ok());
            Err(VendorError::RateLimited { retry_after: reset.map(std::time::Duration::from_secs) })
        }
        page => page,
    }
}

#[cfg(test)]
mod tests;
