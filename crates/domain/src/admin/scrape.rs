//! Reading one subreddit now, because an administrator asks for it.

use super::{Error, job};
use crate::identity::{
    Admin, Proof as _,
    audit::{self, Act},
};
pub use entity::news::scrape::Model as Scrape;
use entity::news::scrape::{Column, Entity};
use jobs::{Job, JobContext};
use platform::{Platform, limit::Quota};
use sea_orm::{
    ActiveModelTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// Of one administrator.
const LIMIT: Quota = Quota::new(5, Duration::from_hours(1));

/// The wire name of the job.
pub const KIND: &str = "news.scrape_subreddit";

/// Reads the newest posts of a subreddit.
#[derive(Debug, Serialize, Deserialize)]
pub struct ScrapeSubreddit {
    pub subreddit: String,
}

impl Job for ScrapeSubreddit {
    const KIND: &'static str = KIND;
    const MAX_ATTEMPTS: i32 = 3;

    fn unique_key(&self) -> Option<String> {
        Some(self.subreddit.to_lowercase())
    }
}

/// Has a subreddit read, five times an hour at most; the job tells when it is done.
pub async fn start(platform: &Platform, admin: &Admin, subreddit: &str) -> Result<job::Row, Error> {
    let subreddit = subreddit.strip_prefix("r/").unwrap_or(subreddit);
    let is_name = (2..=21).contains(&subreddit.len())
        && subreddit.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_name {
        return Err(Error::input("subreddit", "write the name of a subreddit, such as stocks"));
    }
    let decision = platform.limiter.take(&format!("scrape:{}", admin.account()), &[LIMIT], 1).await;
    if !decision.allowed {
        return Err(Error::TooOften(decision.retry_after.unwrap_or(LIMIT.per)));
    }
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let job = ScrapeSubreddit { subreddit: subreddit.to_owned() };
    let id = jobs::enqueue(&txn, &platform.clock, &job).await?;
    let row = job::find(&txn, id).await?.ok_or(Error::NotFound("job"))?;
    let act = Act::new("admin.scrape_subreddit").made(json!({ "subreddit": subreddit }));
    audit::record(&txn, now, admin.actor(), act).await?;
    txn.commit().await?;
    jobs::announce(platform.bus.as_ref(), id).await;
    Ok(row)
}

/// Stores what came of it, and completes its job.
pub async fn record(platform: &Platform, ctx: &JobContext, scrape: Scrape) -> Result<(), Error> {
    let columns = [Column::Saved, Column::Skipped, Column::Failed];
    let again = OnConflict::column(Column::JobId).update_columns(columns).to_owned();
    let txn = platform.db.begin().await?;
    let insert = Entity::insert(scrape.into_active_model().reset_all()).on_conflict(again);
    insert.exec_without_returning(&txn).await?;
    ctx.complete(&txn).await?;
    txn.commit().await?;
    Ok(())
}

/// What came of the job; `None` if it is another, or has not ended well yet.
pub async fn of(db: &impl ConnectionTrait, job: Uuid) -> Result<Option<Scrape>, Error> {
    Ok(Entity::find_by_id(job).one(db).await?)
}
