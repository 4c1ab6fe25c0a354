//! Claims jobs and runs them, a fixed number at a time.

use crate::{
    JobContext, Registry, TOPIC, announce,
    queue::{self, Claimed, Kinds, Outcome},
    retry::{self, GiveUp, backoff},
};
use futures_util::future::join_all;
use platform::{
    Platform,
    bus::{Signal, Subscription},
};
use sea_orm::DbErr;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use tracing::{error, warn};

/// How often the queue is read when nobody says that it changed.
const POLL: Duration = Duration::from_secs(1);

/// How long until the database is asked again to store how a job ended.
const PATIENCE: Duration = Duration::from_millis(500);

/// Workers mostly die of what is not a job's fault (restarts, machines), so a job survives more deaths than failures;
/// but one that kills each worker that takes it must end too.
const DEATHS_PER_FAILURE: i32 = 4;

/// How a worker behaves.
#[derive(Clone, Copy, Debug)]
pub struct WorkerSettings {
    pub concurrency: usize,
    pub lease: Duration,
    pub grace: Duration,
}

/// The body of a job at work; dropped, it ends.
struct Body {
    task: AbortOnDropHandle<anyhow::Result<()>>,
    context: Arc<JobContext>,
    /// How long it may take to end at shutdown.
    grace: Duration,
    /// After which it is tried again at the latest.
    longest_pause: Duration,
}

/// A worker over the queue; clones share what they need.
#[derive(Debug)]
pub struct Runner<E> {
    platform: Platform,
    registry: Arc<Registry<E>>,
    env: Arc<E>,
    settings: WorkerSettings,
}

impl<E: Send + Sync + 'static> Runner<E> {
    pub fn new(platform: Platform, registry: Registry<E>, env: E, settings: WorkerSettings) -> Self {
        Self { platform, registry: Arc::new(registry), env: Arc::new(env), settings }
    }

    /// Runs jobs until `shutdown`; then running ones get the grace to end and go back to the queue after it.
    ///
    /// Endless jobs have slots of their own, one per kind, so that they never keep the others from running.
    pub async fn run(&self, shutdown: &CancellationToken) {
        let endless = self.registry.endless();
        let streams = join_all(endless.iter().map(|kind| self.work(Kinds::Only(kind), shutdown)));
        let slots = (0..self.settings.concurrency).map(|_| self.work(Kinds::Except(&endless), shutdown));
        tokio::join!(streams, join_all(slots));
    }

    /// Runs jobs until none of `kind` (or of any kind) waits or runs anywhere.
    pub async fn drain(&self, kind: Option<&str>) -> Result<(), DbErr> {
        let done = CancellationToken::new();
        let watch = async {
            // Also when the queue can't be read: nobody else would stop the work.
            let _done = done.clone().drop_guard();
            while queue::depth(self.platform.db.connection(), kind).await? > 0 {
                time::sleep(Duration::from_millis(20)).await;
            }
            Ok(())
        };
        let kinds = kind.map_or(Kinds::Except(&[]), Kinds::Only);
        let work = join_all((0..self.settings.concurrency).map(|_| self.work(kinds, &done)));
        tokio::join!(watch, work).0
    }

    async fn work(&self, kinds: Kinds<'_>, shutdown: &CancellationToken) {
        while !shutdown.is_cancelled() {
            // Anew before each look: what was announced until now, the look sees.
            let mut changes = self.platform.bus.subscribe();
            let now = self.platform.clock.now();
            match queue::claim(self.platform.db.connection(), now, self.settings.lease, kinds).await {
                Ok(Some(job)) => {
                    self.attempt(job, shutdown).await;
                    continue;
                }
                Ok(None) => {}
                Err(error) => warn!(%error, "Could not claim a job"),
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = changed(&mut changes) => {}
                () = time::sleep(POLL) => {}
            }
        }
    }

    #[tracing::instrument(skip_all, fields(job.id = %job.id, job.name = job.kind, job.attempt = job.attempt))]
    async fn attempt(&self, job: Claimed, shutdown: &CancellationToken) {
        announce(self.platform.bus.as_ref(), job.id).await;
        let started = Instant::now();
        let outcome = match self.start(&job) {
            Ok(body) => self.watch(&job, body, shutdown).await,
            Err(outcome) => Some(outcome),
        };
        let name = outcome.as_ref().map_or("lost", name);
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &outcome {
            None => warn!(duration_ms, "Another worker took the job over"),
            Some(Outcome::Failed { error }) => error!(duration_ms, %error, "Job failed for good"),
            Some(Outcome::Retry { error, pause }) => {
                warn!(duration_ms, %error, "Job failed; it runs again in {:.0} s", pause.as_secs_f64());
            }
            Some(_) => tracing::debug!(duration_ms, "Job {name}"),
        }
        metrics::counter!("bellwether_jobs_total", "kind" => job.kind.clone(), "outcome" => name)
            .increment(1);
        metrics::histogram!("bellwether_job_seconds", "kind" => job.kind.clone())
            .record(started.elapsed().as_secs_f64());
        if let Some(outcome) = outcome {
            self.end(&job, &outcome, shutdown).await;
        }
        announce(self.platform.bus.as_ref(), job.id).await;
    }

    /// Spawns the job's body, or says at once why it can't run.
    fn start(&self, job: &Claimed) -> Result<Body, Outcome> {
        if job.deaths >= job.max_attempts.saturating_mul(DEATHS_PER_FAILURE) {
            return Err(Outcome::Failed { error: format!("its worker died {} times", job.deaths) });
        }
        let Some(handler) = self.registry.handler(&job.kind) else {
            return Err(Outcome::Failed { error: format!("this worker does not know the job {}", job.kind) });
        };
        let (grace, longest_pause) = if handler.is_endless() {
            (Duration::ZERO, retry::LONGEST_OF_ENDLESS)
        } else {
            (self.settings.grace, retry::LONGEST)
        };
        let context = Arc::new(JobContext {
            id: job.id,
            token: job.lease_token,
            platform: self.platform.clone(),
            completed: AtomicBool::new(false),
        });
        let (env, ctx, payload) = (self.env.clone(), context.clone(), job.payload.clone());
        let span = tracing::Span::current();
        let body = async move { handler.handle(payload, &env, &ctx).await };
        let task = AbortOnDropHandle::new(tokio::spawn(tracing::Instrument::instrument(body, span)));
        Ok(Body { task, context, grace, longest_pause })
    }

    /// Waits for the body, keeps the lease meanwhile; `None` when the lease is lost.
    async fn watch(
        &self,
        job: &Claimed,
        Body { mut task, context, grace, longest_pause }: Body,
        shutdown: &CancellationToken,
    ) -> Option<Outcome> {
        let deadline = time::sleep(Duration::from_secs(u64::try_from(job.timeout_seconds).unwrap_or(0)));
        let grace = async {
            shutdown.cancelled().await;
            time::sleep(grace).await;
        };
        tokio::pin!(deadline, grace);
        let mut beat = time::interval((self.settings.lease / 3).min(Duration::from_secs(2)));
        beat.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
        let early = loop {
            tokio::select! {
                result = &mut task => return Some(judge(job, result, longest_pause)),
                () = &mut deadline => {
                    let error = format!("took longer than {} s", job.timeout_seconds);
                    break Some(failure(job, error, longest_pause));
                }
                () = &mut grace => break Some(Outcome::Released),
                _ = beat.tick() => match self.renew(job).await {
                    Ok(Some(false)) => {}
                    Ok(Some(true)) => break Some(Outcome::Cancelled),
                    // The body may have completed itself a moment ago.
                    Ok(None) if context.completed.load(Ordering::SeqCst) => {}
                    Ok(None) => break None,
                    Err(error) => warn!(%error, "Could not prolong the lease"),
                },
            }
        };
        task.abort();
        // Only when the body is gone may the job be given to another worker.
        let _ = task.await;
        early
    }

    async fn renew(&self, job: &Claimed) -> Result<Option<bool>, DbErr> {
        let until = self.platform.clock.now() + self.settings.lease;
        queue::renew(self.platform.db.connection(), job, until).await
    }

    /// Stores how the attempt ended, and insists while the lease lives: until then nobody else takes the job.
    async fn end(&self, job: &Claimed, outcome: &Outcome, shutdown: &CancellationToken) {
        let lease_end = Instant::now() + self.settings.lease;
        loop {
            let now = self.platform.clock.now();
            let Err(error) = queue::end(self.platform.db.connection(), job, now, outcome).await else {
                return;
            };
            if shutdown.is_cancelled() || Instant::now() >= lease_end {
                return error!(%error, "Could not store how the job ended; its lease will expire");
            }
            warn!(%error, "Could not store how the job ended yet");
            time::sleep(PATIENCE).await;
        }
    }
}

/// Waits until a job changed, or may have.
async fn changed(changes: &mut Subscription) {
    while let Some(Signal::Message(message)) = changes.next().await {
        if message.topic == TOPIC {
            return;
        }
    }
}

fn judge(
    job: &Claimed,
    result: Result<anyhow::Result<()>, tokio::task::JoinError>,
    longest_pause: Duration,
) -> Outcome {
    match result {
        Ok(Ok(())) => Outcome::Completed,
        Ok(Err(error)) if error.is::<GiveUp>() => Outcome::Failed { error: format!("{error:#}") },
        Ok(Err(error)) => failure(job, format!("{error:#}"), longest_pause),
        Err(panic) => failure(job, format!("panicked: {panic}"), longest_pause),
    }
}

fn failure(job: &Claimed, error: String, longest_pause: Duration) -> Outcome {
    if job.failures() >= job.max_attempts {
        Outcome::Failed { error }
    } else {
        Outcome::Retry { error, pause: backoff(job.failures(), longest_pause) }
    }
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "completed",
        Outcome::Cancelled => "cancelled",
        Outcome::Retry { .. } => "retried",
        Outcome::Failed { .. } => "failed",
        Outcome::Released => "released",
    }
}
