//! The mutations of administration.

use super::{
    Job,
    provider::{Provider, RemoveProviderCredentialInput, TestProviderInput, UpdateProviderCredentialInput},
    query::job_id,
    schedule::{JobSchedule, UpdateJobScheduleInput},
    storage::{StorageSettings, UpdateStorageSettingsInput},
};
use crate::{context::ContextExt as _, error::Result};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::admin::{connection, job, pipeline, provider, schedule, scrape, storage};

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
    /// Looks through the bars of the watch-list for what can't be right.
    CheckPrices,
    /// Asks a second source about the watch-list's last weeks, as far as the budgets go.
    ComparePrices,
    /// Follows what is published; runs always, unless it was cancelled.
    StreamPosts,
    /// Follows quotes; runs always, unless it was cancelled.
    StreamQuotes,
    /// Gives the simulated market a past; fails without simulation.
    MakeHistory,
    /// Measures all models on the labelled texts in their folder, for `modelMetrics`.
    EvaluateModels,
    /// Asks the models in production and in staging about the watch-list.
    PredictPrices,
    /// Compares predictions with what came.
    JudgePredictions,
    /// Looks whether the models that answer still see what they were trained on.
    CheckDrift,
    /// Trains the models that answer anew; what comes of it are experiments.
    RetrainModels,
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

/// What to read.
#[derive(InputObject)]
struct ScrapeSubredditInput {
    /// The name of a subreddit, such as `stocks`.
    subreddit: String,
}

/// What is read now.
#[derive(SimpleObject)]
struct ScrapeSubredditPayload {
    /// The job; watch it with `jobUpdated`, and find in its `scrape` what came of it.
    job: Job,
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

/// What is decided now.
#[derive(SimpleObject)]
struct UpdateStorageSettingsPayload {
    /// For how many days things are kept; the next clean-up goes by it.
    storage_settings: StorageSettings,
}

/// A vendor as it stands now.
#[derive(SimpleObject)]
struct ProviderPayload {
    /// The vendor; what comes of a test stands in it when the job has ended.
    provider: Provider,
    /// The test of its connection, to watch with `jobUpdated`; null where there is nothing to test.
    job: Option<Job>,
}

/// A schedule as it is followed now.
#[derive(SimpleObject)]
struct UpdateJobSchedulePayload {
    /// The schedule.
    job_schedule: JobSchedule,
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

    /// Reads the newest posts of a subreddit, about a thousand at most; 5 times an hour. Needs the role ADMIN, and a
    /// credential of Reddit.
    async fn scrape_subreddit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which subreddit.")] input: ScrapeSubredditInput,
    ) -> Result<ScrapeSubredditPayload> {
        let admin = ctx.access().admin()?;
        let row = scrape::start(ctx.platform(), &admin, &input.subreddit).await?;
        Ok(ScrapeSubredditPayload { job: row.into() })
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

    /// Decides for how many days things are kept; `storageImpact` previews what goes. Needs the role ADMIN and a fresh
    /// TOTP code.
    async fn update_storage_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What shall change.")] input: UpdateStorageSettingsInput,
    ) -> Result<UpdateStorageSettingsPayload> {
        let proof = ctx.access().fresh_totp(ctx.platform()).await?;
        let retention = storage::update(ctx.platform(), &proof, &input.parse()?).await?;
        Ok(UpdateStorageSettingsPayload { storage_settings: retention.into() })
    }

    /// Keeps a vendor's credential, sealed, in place of the one before, and tests the connection with it; every process uses
    /// it from the next call on. Needs the role ADMIN and a fresh TOTP code.
    async fn update_provider_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and which.")] input: UpdateProviderCredentialInput,
    ) -> Result<ProviderPayload> {
        let proof = ctx.access().fresh_totp(ctx.platform()).await?;
        let (provider, job) = provider::update(ctx.platform(), &proof, input.into()).await?;
        Ok(ProviderPayload { provider: Provider::new(provider, ctx.now()), job: Some(job.into()) })
    }

    /// Calls a vendor once, with the credential that it has; `providers` shows what came of it. Needs the role ADMIN.
    async fn test_provider(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: TestProviderInput,
    ) -> Result<ProviderPayload> {
        let admin = ctx.access().admin()?;
        let (provider, job) = connection::test(ctx.platform(), &admin, input.provider.into()).await?;
        Ok(ProviderPayload { provider: Provider::new(provider, ctx.now()), job: Some(job.into()) })
    }

    /// Forgets a vendor's credential. Needs the role ADMIN and a fresh TOTP code.
    async fn remove_provider_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: RemoveProviderCredentialInput,
    ) -> Result<ProviderPayload> {
        let proof = ctx.access().fresh_totp(ctx.platform()).await?;
        let provider = provider::remove(ctx.platform(), &proof, input.provider.into()).await?;
        Ok(ProviderPayload { provider: Provider::new(provider, ctx.now()), job: None })
    }

    /// Decides when a kind of job runs by itself; every worker goes by it within seconds. Needs the role ADMIN and a fresh
    /// TOTP code.
    async fn update_job_schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job, and when.")] input: UpdateJobScheduleInput,
    ) -> Result<UpdateJobSchedulePayload> {
        let proof = ctx.access().fresh_totp(ctx.platform()).await?;
        let kind = input.kind.clone();
        let current = schedule::update(ctx.platform(), &proof, &kind, input.change()).await?;
        Ok(UpdateJobSchedulePayload { job_schedule: JobSchedule::new(&current, ctx.now()) })
    }
}
