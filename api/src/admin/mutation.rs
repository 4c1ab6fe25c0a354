//! The mutations of administration.

use super::{Job, query::job_id};
use crate::{context::ContextExt as _, error::Result};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::admin::{job, pipeline};

#[derive(Debug, Default)]
pub struct AdminMutation;

/// A job that can be asked for at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "pipeline::Pipeline")]
pub enum Pipeline {
    /// Fetches what was published about the watch-list since the last time.
    CollectPosts,
    /// Fetches the bars of the watch-list since the last stored ones.
    CollectPrices,
    /// Follows what is published; runs always, unless it was cancelled.
    StreamPosts,
    /// Follows quotes; runs always, unless it was cancelled.
    StreamQuotes,
    /// Gives the simulated market a past; fails without simulation.
    MakeHistory,
    /// Deletes what is past its retention.
    CleanUp,
}

/// What to run.
#[derive(InputObject)]
struct RunPipelineInput {
    /// Which job; default COLLECT_POSTS and COLLECT_PRICES.
    pipeline: Option<Pipeline>,
}

/// Which job to cancel.
#[derive(InputObject)]
struct CancelJobInput {
    /// One that waits or runs.
    id: ID,
}

/// What runs now.
#[derive(SimpleObject)]
struct RunPipelinePayload {
    /// The jobs; one that waited or ran already is not asked for twice. Watch them with `jobUpdated`.
    jobs: Vec<Job>,
}

/// A job that is not wanted any more.
#[derive(SimpleObject)]
struct CancelJobPayload {
    /// CANCELLED if it waited; one that runs ends within seconds. Watch it with `jobUpdated`.
    job: Job,
}

#[Object]
impl AdminMutation {
    /// Runs a job now, beside its schedule. Needs the role ADMIN.
    async fn run_pipeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to run.")] input: RunPipelineInput,
    ) -> Result<RunPipelinePayload> {
        let admin = ctx.access().admin()?;
        let rows = pipeline::run(ctx.platform(), &admin, input.pipeline.map(Into::into)).await?;
        Ok(RunPipelinePayload { jobs: rows.into_iter().map(Job::from).collect() })
    }

    /// Cancels a job that waits or runs; a stream stays off until `runPipeline`, or until a worker starts. Needs the role
    /// ADMIN.
    async fn cancel_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: CancelJobInput,
    ) -> Result<CancelJobPayload> {
        let admin = ctx.access().admin()?;
        let row = job::cancel(ctx.platform(), &admin, job_id(&input.id)?).await?;
        Ok(CancelJobPayload { job: row.into() })
    }
}
