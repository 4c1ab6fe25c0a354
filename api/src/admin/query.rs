//! The queries of administration.

use super::{
    Job,
    log::{LogEntry, LogFilter},
    provider::Provider,
    schedule::JobSchedule,
    service_level::ServiceLevel,
    storage::{StorageImpact, StorageSettings, UpdateStorageSettingsInput},
    types::JobFilter,
};
use crate::{
    context::ContextExt,
    error::{ApiError, Result},
    relay::{Connection, GlobalId, NodeKind, PageArguments, wants_total},
    scalar::Cursor,
};
use async_graphql::{Context, ID, Object};
use domain::admin::{
    job, log, provider, schedule, service_level,
    storage::{self, Retention},
};
use uuid::Uuid;

#[derive(Debug, Default)]
pub struct AdminQuery;

#[Object]
impl AdminQuery {
    /// The job with `id`, or null if there is none; ended jobs are kept for 30 days. Needs the role USER; jobs that one did
    /// not ask for, ADMIN.
    async fn job(&self, ctx: &Context<'_>, #[graphql(desc = "A job's id.")] id: ID) -> Option<Result<Job>> {
        let found = async {
            let reach = job::Reach::of(ctx.access())?;
            let rows = job::within(ctx.db(), reach, vec![job_id(&id)?]).await?;
            Ok(rows.into_iter().next().map(Job::from))
        };
        found.await.transpose()
    }

    /// Jobs, newest first. Needs the role ADMIN.
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which jobs.")] filter: Option<JobFilter>,
        #[graphql(desc = "How many, from the newest; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only jobs after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the oldest; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only jobs before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<Job>> {
        let _admin = ctx.access().admin()?;
        let filter = filter.unwrap_or_default();
        let filter = job::Filter {
            kinds: filter.kinds.unwrap_or_default(),
            states: filter.states.unwrap_or_default().into_iter().map(Into::into).collect(),
        };
        let page = PageArguments { first, after, last, before }.request()?;
        let page = job::list(ctx.db(), &filter, &page).await?;
        let total = if wants_total(ctx) { job::count(ctx.db(), &filter).await? } else { 0 };
        Ok(Connection::new(page, i64::try_from(total).unwrap_or(i64::MAX), |row| (row.id,), Job::from))
    }

    /// The log of all processes, newest first; see `storageSettings` for how long it is kept. Needs the role ADMIN.
    async fn system_logs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which lines.")] filter: Option<LogFilter>,
        #[graphql(desc = "How many, from the newest; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only lines after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the oldest; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only lines before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<LogEntry>> {
        let _admin = ctx.access().admin()?;
        let filter = filter.unwrap_or_default().into();
        let page = PageArguments { first, after, last, before }.request()?;
        let page = log::list(ctx.db(), &filter, &page).await?;
        let total = if wants_total(ctx) { log::count(ctx.db(), &filter).await? } else { 0 };
        let total = i64::try_from(total).unwrap_or(i64::MAX);
        Ok(Connection::new(page, total, |row| (row.known_at, row.id), LogEntry))
    }

    /// For how many days things are kept. Needs the role ADMIN.
    async fn storage_settings(&self, ctx: &Context<'_>) -> Result<StorageSettings> {
        let _admin = ctx.access().admin()?;
        Ok(Retention::get(ctx.db()).await?.into())
    }

    /// What the next clean-up would delete if the settings were changed; changes nothing. Needs the role ADMIN.
    async fn storage_impact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As for `updateStorageSettings`.")] input: UpdateStorageSettingsInput,
    ) -> Result<Vec<StorageImpact>> {
        let _admin = ctx.access().admin()?;
        let retention = Retention::get(ctx.db()).await?.with(&input.parse()?)?;
        let impacts = storage::impact(ctx.db(), ctx.now(), &retention).await?;
        Ok(impacts.into_iter().map(StorageImpact::from).collect())
    }

    /// The vendors that data can come from, whether they can be used, and what is known of their credentials. Needs the
    /// role ADMIN.
    async fn providers(&self, ctx: &Context<'_>) -> Result<Vec<Provider>> {
        let _admin = ctx.access().admin()?;
        let providers = provider::list(ctx.db(), ctx.now()).await?;
        Ok(providers.into_iter().map(|one| Provider::new(one, ctx.now())).collect())
    }

    /// What is promised of the service, and what became of it; administrators get a mail when a promise is broken, and when it
    /// is kept again. Needs the role ADMIN.
    async fn service_levels(&self, ctx: &Context<'_>) -> Result<Vec<ServiceLevel>> {
        let _admin = ctx.access().admin()?;
        let levels = service_level::measure(ctx.db(), ctx.now()).await?;
        Ok(levels.into_iter().map(ServiceLevel::from).collect())
    }

    /// When jobs run by themselves. Needs the role ADMIN.
    async fn job_schedules(&self, ctx: &Context<'_>) -> Result<Vec<JobSchedule>> {
        let _admin = ctx.access().admin()?;
        let schedules = schedule::list(ctx.db()).await?;
        Ok(schedules.iter().map(|one| JobSchedule::new(one, ctx.now())).collect())
    }
}

/// The row of a job's global id.
pub fn job_id(id: &ID) -> Result<Uuid> {
    let id = GlobalId::decode("id", id)?;
    if id.kind == NodeKind::Job {
        Ok(id.id)
    } else {
        Err(ApiError::input("id", "this is not the id of a job"))
    }
}
