//! Brings a worker up.

use crate::{Decisions, Env, Sources, registry};
use domain::{
    admin::schedule,
    market::{MakeHistory, StreamQuotes, price},
    news::{ScorePosts, StreamPosts},
};
use entity::SourceKind;
use jobs::{Job as _, Runner, Scheduler, WorkerSettings};
use platform::{Platform, config::Config};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Runs jobs and schedules.
#[derive(Debug)]
pub struct Worker {
    platform: Platform,
    runner: Runner<Env>,
    scheduler: Scheduler,
    has_sources: bool,
    simulates: bool,
}

impl Worker {
    pub fn new(platform: &Platform, sources: Sources, config: &Config) -> anyhow::Result<Self> {
        let settings = WorkerSettings {
            concurrency: config.jobs.concurrency,
            lease: config.jobs.lease,
            grace: config.jobs.grace,
        };
        let (has_sources, simulates) = (!sources.quotes.is_empty(), sources.simulated.is_some());
        let env = Env::new(platform.clone(), sources, config)?;
        Ok(Self {
            platform: platform.clone(),
            runner: Runner::new(platform.clone(), registry(), env, settings),
            scheduler: Scheduler::new(platform.clone(), schedule::defaults()?)
                .with_timetable(Arc::new(Decisions(platform.clone()))),
            has_sources,
            simulates,
        })
    }

    /// Works until `shutdown`; then running jobs end or go back to the queue.
    pub async fn run(&self, shutdown: &CancellationToken) -> anyhow::Result<()> {
        self.prepare().await?;
        tracing::info!("Worker is ready");
        tokio::join!(self.runner.run(shutdown), self.scheduler.run(shutdown));
        Ok(())
    }

    /// Runs jobs until none of `kind`, or of any kind, is left anywhere.
    pub async fn drain(&self, kind: Option<&str>) -> anyhow::Result<()> {
        Ok(self.runner.drain(kind).await?)
    }

    /// Scores all posts that wait for it.
    pub async fn score_posts(&self) -> anyhow::Result<()> {
        self.drain(Some(ScorePosts::KIND)).await
    }

    /// Enqueues what must always be under way.
    async fn prepare(&self) -> anyhow::Result<()> {
        let (db, clock) = (self.platform.db.connection(), &self.platform.clock);
        if self.has_sources {
            jobs::enqueue(db, clock, &StreamQuotes {}).await?;
            jobs::enqueue(db, clock, &StreamPosts {}).await?;
        }
        if self.simulates && price::newest(db, SourceKind::Simulated).await?.is_none() {
            jobs::enqueue(db, clock, &MakeHistory {}).await?;
        }
        Ok(())
    }
}
