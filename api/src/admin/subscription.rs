//! Jobs, live.

use super::{Job, query::job_id};
use crate::{
    context::ContextExt,
    error::{ApiError, Result},
};
use async_graphql::{Context, ID, Subscription};
use domain::admin::job;
use futures_util::{Stream, stream};
use platform::{
    Platform,
    bus::{Signal, Subscription as Signals},
};
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// How often the job is read when the bus is silent.
const POLL: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
pub struct AdminSubscription;

#[Subscription]
impl AdminSubscription {
    /// The job now, then whenever it changes; ends with the job. Needs the role USER; for jobs that one did not
    /// ask for, ADMIN.
    async fn job_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A job's id.")] id: ID,
    ) -> Result<impl Stream<Item = Result<Job>>> {
        let reach = job::Reach::of(ctx.access())?;
        let id = job_id(&id)?;
        let platform = ctx.platform().clone();
        // Listening starts before the first look, so that no change falls between.
        let signals = platform.bus.subscribe();
        if job::within(ctx.db(), reach, vec![id]).await?.is_empty() {
            return Err(ApiError::not_found("id", "there is no such job"));
        }
        let watch = Watch { platform, signals, id, last: None };
        Ok(stream::unfold(Some(watch), |watch| async { watch?.next().await }))
    }
}

struct Watch {
    platform: Platform,
    signals: Signals,
    id: Uuid,
    last: Option<job::Row>,
}

impl Watch {
    /// The next change, and what to go on with; nothing after the end.
    async fn next(mut self) -> Option<(Result<Job>, Option<Self>)> {
        loop {
            let db = &self.platform.db;
            let row = match db.patiently(|| job::find(db.connection(), self.id)).await {
                Ok(row) => row?,
                Err(error) => return Some((Err(error.into()), None)),
            };
            if self.last.as_ref().is_none_or(|last| visible(last) != visible(&row)) {
                // Whoever hears that a job has ended must find what it did, also where another process did it.
                self.platform.db.changes().count();
                self.last = Some(row.clone());
                let job = Job::from(row);
                let ended = job.has_ended();
                return Some((Ok(job), (!ended).then_some(self)));
            }
            self.changed().await;
        }
    }

    async fn changed(&mut self) {
        let id = self.id.to_string();
        let mine = async {
            while let Some(Signal::Message(message)) = self.signals.next().await {
                if message.topic == domain::admin::job::TOPIC && message.payload == id {
                    break;
                }
            }
        };
        let _ = timeout(POLL, mine).await;
    }
}

/// What a client can see change; the lease is not its business.
fn visible(row: &job::Row) -> (job::State, Option<f64>, i32, bool) {
    (row.state, row.progress, row.attempt, row.error.is_some())
}
