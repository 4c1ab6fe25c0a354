//! Jobs, live.

use super::{Job, query::job_id};
use crate::{
    context::ContextExt,
    error::{ApiError, Result},
    state::{self, State},
};
use async_graphql::{Context, ID, Subscription};
use domain::admin::{Error, job};
use futures_util::{Stream, StreamExt as _};
use platform::database::DatabaseConnection;
use std::time::Duration;
use uuid::Uuid;

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
        let jobs = state::follow::<job::Row>(ctx.platform(), id);
        if job::within(ctx.db(), reach, vec![id]).await?.is_empty() {
            return Err(ApiError::not_found("id", "there is no such job"));
        }
        Ok(jobs.map(|row| row.map(Job::from)))
    }
}

impl State for job::Row {
    type Error = Error;
    /// The lease is not a client's business.
    type Seen = (job::State, Option<f64>, i32, bool);

    const TOPIC: &'static str = job::TOPIC;
    const POLL: Duration = Duration::from_secs(2);

    async fn find(db: &DatabaseConnection, id: Uuid) -> std::result::Result<Option<Self>, Error> {
        job::find(db, id).await
    }

    fn seen(&self) -> Self::Seen {
        (self.state, self.progress, self.attempt, self.error.is_some())
    }

    fn has_ended(&self) -> bool {
        !matches!(self.state, job::State::Queued | job::State::Running)
    }
}
