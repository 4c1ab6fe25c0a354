//! Brings a worker up.

use crate::{Decisions, Env, Sources, Supply, registry};
use domain::{
    admin::schedule,
    market::{MakeHistory, StreamQuotes, price},
    news::{FindCopies, ScorePosts, StreamPosts},
};
use entity::SourceKind;
use jobs::{Job as _, Runner, Scheduler, WorkerSettings};
use platform::{Platform, config::Config};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// How often the worker looks whether sources came or went.
const LOOK: Duration = Duration::from_secs(5);

/// Runs jobs and schedules.
#[derive(Debug)]
pub struct Worker {
    platform: Platform,
    runner: Runner<Env>,
    scheduler: Scheduler,
    supply: Supply,
}

/// What must be under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Needs {
    streams: bool,
    history: bool,
}

impl Worker {
    pub fn new(platform: &Platform, sources: Sources, config: &Config) -> anyhow::Result<Self> {
        let supply = Supply::new(platform, sources, config);
        Self::supplied(platform, supply, config)
    }

    /// A worker that gets its data from `supply`.
    pub fn supplied(platform: &Platform, supply: Supply, config: &Config) -> anyhow::Result<Self> {
        let settings = WorkerSettings {
            concurrency: config.jobs.concurrency,
            lease: config.jobs.lease,
            grace: config.jobs.grace,
        };
        let env = Env::new(platform.clone(), supply.clone(), config)?;
        Ok(Self {
            platform: platform.clone(),
            runner: Runner::new(platform.clone(), registry(), env, settings),
            scheduler: Scheduler::new(platform.clone(), schedule::defaults()?)
                .with_timetable(Arc::new(Decisions(platform.clone()))),
            supply,
        })
    }

    /// Works until `shutdown`; then running jobs end or go back to the queue.
    pub async fn run(&self, shutdown: &CancellationToken) -> anyhow::Result<()> {
        let needs = self.needs().await?;
        self.prepare(Needs::default(), needs).await?;
        tracing::info!("Worker is ready");
        let watch = shutdown.run_until_cancelled(self.watch(needs));
        tokio::join!(self.runner.run(shutdown), self.scheduler.run(shutdown), watch);
        Ok(())
    }

    /// Runs jobs until none of `kind`, or of any kind, is left anywhere.
    pub async fn drain(&self, kind: Option<&str>) -> anyhow::Result<()> {
        Ok(self.runner.drain(kind).await?)
    }

    /// Scores all posts that wait for it, and finds those that repeat others.
    pub async fn score_posts(&self) -> anyhow::Result<()> {
        self.drain(Some(ScorePosts::KIND)).await?;
        self.drain(Some(FindCopies::KIND)).await
    }

    /// Starts what the sources need that come while the worker runs; what someone cancelled stays off until then.
    async fn watch(&self, mut before: Needs) {
        loop {
            tokio::time::sleep(LOOK).await;
            let look = async {
                let needs = self.needs().await?;
                self.prepare(before, needs).await?;
                anyhow::Ok(needs)
            };
            match look.await {
                Ok(needs) => before = needs,
                Err(error) => warn!(%error, "Could not look for sources"),
            }
        }
    }

    async fn needs(&self) -> anyhow::Result<Needs> {
        let sources = self.supply.now().await?;
        Ok(Needs { streams: !sources.is_empty(), history: sources.simulated.is_some() })
    }

    /// Enqueues what is needed now and was not before.
    async fn prepare(&self, before: Needs, now: Needs) -> anyhow::Result<()> {
        let (db, clock) = (self.platform.db.connection(), &self.platform.clock);
        if now.streams && !before.streams {
            jobs::enqueue(db, clock, &StreamQuotes {}).await?;
            jobs::enqueue(db, clock, &StreamPosts {}).await?;
        }
        let is_new = now.history && !before.history;
        if is_new && price::newest(db, SourceKind::Simulated).await?.is_none() {
            jobs::enqueue(db, clock, &MakeHistory {}).await?;
        }
        Ok(())
    }
}
