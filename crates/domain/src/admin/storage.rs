//! How long things are kept, and what goes when that is over.
//!
//! Never about the audit log, whose entries stay.

use super::{Error, setting};
use crate::identity::{
    FreshTotp, Proof as _,
    audit::{self, Act},
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    admin::log_entry,
    event::event,
    job::job,
    news::{mention, post, post_copy, post_quality},
    sentiment::{post_score, sentiment_record},
};
use platform::Platform;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

const KEY: &str = "storage";
/// Posts that go in one transaction, so that other writers get their turn.
const BATCH: u64 = 1000;
/// A hundred years of days.
const LONGEST: u32 = 36_500;

/// What is not kept for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// With their mentions, scores and sentiment records.
    Posts,
    /// Those that have ended.
    Jobs,
    Events,
    Logs,
}

impl Table {
    pub const ALL: [Self; 4] = [Self::Posts, Self::Jobs, Self::Events, Self::Logs];
}

/// For how many days each table is kept; `None`: for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    pub posts: Option<u32>,
    pub jobs: Option<u32>,
    pub events: Option<u32>,
    pub logs: Option<u32>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { posts: None, jobs: Some(30), events: Some(30), logs: Some(90) }
    }
}

/// For how many days a table shall be kept; `None`: for ever.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub table: Table,
    pub days: Option<u32>,
}

/// How many rows of a table are past a retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Impact {
    pub table: Table,
    pub rows: u64,
}

impl Retention {
    /// What is decided now.
    pub async fn get(db: &impl ConnectionTrait) -> Result<Self, Error> {
        Ok(setting::get(db, KEY).await?.unwrap_or_default())
    }

    /// The retention after `changes`, if all of them can be.
    pub fn with(mut self, changes: &[Change]) -> Result<Self, Error> {
        for Change { table, days } in changes {
            // A job's result, and an event that a client was away for, are looked for a week later at most.
            let (field, least, kept) = match table {
                Table::Posts => ("postDays", 30, &mut self.posts),
                Table::Jobs => ("jobDays", 7, &mut self.jobs),
                Table::Events => ("eventDays", 7, &mut self.events),
                Table::Logs => ("logDays", 7, &mut self.logs),
            };
            if days.is_some_and(|days| !(least..=LONGEST).contains(&days)) {
                let message = format!("write {least} to {LONGEST} days, or null to keep them for ever");
                return Err(Error::input(field, message));
            }
            *kept = *days;
        }
        Ok(self)
    }

    fn days(&self, table: Table) -> Option<u32> {
        match table {
            Table::Posts => self.posts,
            Table::Jobs => self.jobs,
            Table::Events => self.events,
            Table::Logs => self.logs,
        }
    }

    /// What is older may go.
    fn limit(&self, table: Table, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.days(table).map(|days| now - TimeDelta::days(days.into()))
    }
}

/// Decides anew; what is past it goes with the next clean-up.
pub async fn update(platform: &Platform, proof: &FreshTotp, changes: &[Change]) -> Result<Retention, Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let before = Retention::get(&txn).await?;
    let after = before.with(changes)?;
    setting::put(&txn, now, KEY, &after).await?;
    let act = Act::new("admin.update_storage_settings").changed(json!(before), json!(after));
    audit::record(&txn, now, proof.actor(), act).await?;
    txn.commit().await?;
    Ok(after)
}

/// What a clean-up under `retention` would delete now.
pub async fn impact(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    retention: &Retention,
) -> Result<Vec<Impact>, Error> {
    let mut impacts = Vec::new();
    for table in Table::ALL {
        let rows = match retention.limit(table, now) {
            None => 0,
            Some(limit) => count_before(db, table, limit).await?,
        };
        impacts.push(Impact { table, rows });
    }
    Ok(impacts)
}

async fn count_before(db: &impl ConnectionTrait, table: Table, limit: DateTime<Utc>) -> Result<u64, Error> {
    Ok(match table {
        Table::Posts => post::Entity::find().filter(post::Column::PublishedAt.lt(limit)).count(db).await?,
        Table::Jobs => job::Entity::find().filter(job::Column::FinishedAt.lt(limit)).count(db).await?,
        Table::Events => event::Entity::find().filter(event::Column::KnownAt.lt(limit)).count(db).await?,
        Table::Logs => {
            log_entry::Entity::find().filter(log_entry::Column::KnownAt.lt(limit)).count(db).await?
        }
    })
}

/// Deletes what is past the retention that is decided now; tells how many rows of which table.
pub async fn clean_up(platform: &Platform) -> Result<Vec<Impact>, Error> {
    let (db, now) = (platform.db.connection(), platform.clock.now());
    let retention = Retention::get(db).await?;
    let mut deleted = Vec::new();
    for table in Table::ALL {
        let Some(limit) = retention.limit(table, now) else { continue };
        let rows = match table {
            Table::Posts => delete_posts(platform, limit).await?,
            Table::Jobs => super::job::delete_ended(db, limit).await?,
            Table::Events => crate::event::delete_before(db, limit).await?,
            Table::Logs => super::log::delete_before(db, limit).await?,
        };
        deleted.push(Impact { table, rows });
    }
    Ok(deleted)
}

async fn delete_posts(platform: &Platform, limit: DateTime<Utc>) -> Result<u64, Error> {
    let mut deleted = 0;
    loop {
        let txn = platform.db.begin().await?;
        let oldest = post::Entity::find()
            .select_only()
            .column(post::Column::Id)
            .filter(post::Column::PublishedAt.lt(limit))
            .order_by_asc(post::Column::PublishedAt)
            .limit(BATCH);
        let ids: Vec<Uuid> = oldest.into_tuple().all(&txn).await?;
        if ids.is_empty() {
            return Ok(deleted);
        }
        let of = || ids.iter().copied();
        let records = sentiment_record::Entity::delete_many();
        records.filter(sentiment_record::Column::PostId.is_in(of())).exec(&txn).await?;
        let qualities = post_quality::Entity::delete_many();
        qualities.filter(post_quality::Column::PostId.is_in(of())).exec(&txn).await?;
        post_copy::Entity::delete_many().filter(post_copy::Column::PostId.is_in(of())).exec(&txn).await?;
        // A younger copy stays one when the first of them goes.
        post_copy::Entity::update_many()
            .col_expr(post_copy::Column::FirstId, Expr::col(post_copy::Column::PostId))
            .filter(post_copy::Column::FirstId.is_in(of()))
            .exec(&txn)
            .await?;
        let scores = post_score::Entity::delete_many();
        scores.filter(post_score::Column::PostId.is_in(of())).exec(&txn).await?;
        let mentions = mention::Entity::delete_many();
        mentions.filter(mention::Column::PostId.is_in(of())).exec(&txn).await?;
        post::Entity::delete_many().filter(post::Column::Id.is_in(of())).exec(&txn).await?;
        txn.commit().await?;
        deleted += ids.len() as u64;
    }
}
