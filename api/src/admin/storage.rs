//! How long things are kept.

use crate::{
    error::{ApiError, Result},
    scalar::Long,
};
use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use domain::admin::storage::{self, Change, Impact, Retention};

/// What is not kept for ever; the audit log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "storage::Table")]
pub enum StorageTable {
    /// Posts, with their mentions, scores and sentiment records, by when they were published.
    Posts,
    /// Jobs that have ended.
    Jobs,
    /// Events that subscriptions can resume from.
    Events,
    /// Lines of the log.
    Logs,
}

/// For how many days things are kept; null means for ever.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct StorageSettings {
    /// Posts, with their mentions, scores and sentiment records.
    post_days: Option<u32>,
    /// Jobs that have ended.
    job_days: Option<u32>,
    /// Events that subscriptions can resume from.
    event_days: Option<u32>,
    /// Lines of the log.
    log_days: Option<u32>,
}

impl From<Retention> for StorageSettings {
    fn from(Retention { posts, jobs, events, logs }: Retention) -> Self {
        Self { post_days: posts, job_days: jobs, event_days: events, log_days: logs }
    }
}

/// For how many days things shall be kept: what is not given stays as it is, null means for ever.
#[derive(Clone, Debug, InputObject)]
pub struct UpdateStorageSettingsInput {
    /// Posts, with their mentions, scores and sentiment records; at least 30.
    post_days: MaybeUndefined<i32>,
    /// Jobs that have ended; at least 7.
    job_days: MaybeUndefined<i32>,
    /// Events that subscriptions can resume from; at least 7.
    event_days: MaybeUndefined<i32>,
    /// Lines of the log; at least 7.
    log_days: MaybeUndefined<i32>,
}

impl UpdateStorageSettingsInput {
    pub fn parse(&self) -> Result<Change> {
        Ok(Change {
            posts: days("postDays", &self.post_days)?,
            jobs: days("jobDays", &self.job_days)?,
            events: days("eventDays", &self.event_days)?,
            logs: days("logDays", &self.log_days)?,
        })
    }
}

fn days(field: &str, days: &MaybeUndefined<i32>) -> Result<Option<Option<u32>>> {
    let negative = |_| ApiError::input(field, "write a number of days above 0");
    Ok(match *days {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(days) => Some(Some(u32::try_from(days).map_err(negative)?)),
    })
}

/// What a clean-up would delete of a table now.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct StorageImpact {
    /// The table.
    table: StorageTable,
    /// How many of its rows are past the retention.
    rows: Long,
}

impl From<Impact> for StorageImpact {
    fn from(Impact { table, rows }: Impact) -> Self {
        Self { table: table.into(), rows: Long(i64::try_from(rows).unwrap_or(i64::MAX)) }
    }
}
