//! Jobs and the state of the system.

use crate::{
    context::ContextExt as _,
    error::Result,
    relay::{GlobalId, NodeKind},
    scalar::Long,
};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::admin::{
    job,
    scrape::{self, Scrape},
    status::Status,
};

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "job::State")]
pub enum JobState {
    /// It waits for a worker, or for its next attempt.
    Queued,
    /// A worker is at it.
    Running,
    /// It is done.
    Completed,
    /// It is out of attempts; `error` says why.
    Failed,
    /// It was no longer wanted.
    Cancelled,
}

/// Which jobs are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default, InputObject)]
pub struct JobFilter {
    /// Only these kinds, such as `market.collect_prices`.
    pub kinds: Option<Vec<String>>,
    /// Only these states.
    pub states: Option<Vec<JobState>>,
}

/// Work that takes longer than a request.
#[derive(Clone, Debug)]
pub struct Job(job::Row);

impl From<job::Row> for Job {
    fn from(row: job::Row) -> Self {
        Self(row)
    }
}

/// Work that takes longer than a request.
#[Object]
impl Job {
    /// Identifies the job among all objects.
    pub async fn id(&self) -> ID {
        GlobalId::new(NodeKind::Job, self.0.id).encode()
    }

    /// What it does, such as `market.collect_prices`.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// How far it has come.
    async fn state(&self) -> JobState {
        self.0.state.into()
    }

    /// The share that is done, 0 to 1; null when the job does not measure it.
    async fn progress(&self) -> Option<f64> {
        self.0.progress
    }

    /// Which attempt runs or ran last; 0 before the first.
    async fn attempt(&self) -> i32 {
        self.0.attempt
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.known_at
    }

    /// When the last attempt started; null before the first.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.0.started_at
    }

    /// When it ended; null until then.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// Why the last attempt failed; null if it did not.
    async fn error(&self) -> Option<&str> {
        // The whole error is in the log: its text may name hosts and files.
        self.0.error.as_ref().map(|_| "the last attempt failed; the log has the reason")
    }

    /// What `scrapeSubreddit` brought; null of other jobs, and until it is done.
    async fn scrape(&self, ctx: &Context<'_>) -> Result<Option<ScrapeResult>> {
        if self.0.kind != scrape::KIND {
            return Ok(None);
        }
        Ok(scrape::of(ctx.db(), self.0.id).await?.map(ScrapeResult::from))
    }
}

/// What reading a subreddit brought.
#[derive(Clone, Debug, SimpleObject)]
pub struct ScrapeResult {
    /// Its name.
    subreddit: String,
    /// Posts that are new.
    saved: i32,
    /// Posts that were known already.
    skipped: i32,
    /// Posts that say nothing any more: removed, deleted, or links that stand there twice.
    failed: i32,
}

impl From<Scrape> for ScrapeResult {
    fn from(row: Scrape) -> Self {
        let Scrape { subreddit, saved, skipped, failed, .. } = row;
        Self { subreddit, saved, skipped, failed }
    }
}

/// How the system is.
#[derive(Clone, Debug, SimpleObject)]
pub struct SystemStatus {
    /// Jobs that wait.
    pub jobs_queued: Long,
    /// Jobs that run.
    pub jobs_running: Long,
    /// Jobs that are out of attempts.
    pub jobs_failed: Long,
    /// When the newest quote was true; null without quotes.
    pub newest_quote_at: Option<DateTime<Utc>>,
    /// When the newest post was published; null without posts.
    pub newest_post_at: Option<DateTime<Utc>>,
}

impl From<Status> for SystemStatus {
    fn from(status: Status) -> Self {
        Self {
            jobs_queued: Long(status.jobs_queued),
            jobs_running: Long(status.jobs_running),
            jobs_failed: Long(status.jobs_failed),
            newest_quote_at: status.newest_quote_at,
            newest_post_at: status.newest_post_at,
        }
    }
}
