//! How long things are kept.

use crate::{
    error::{ApiError, Result},
    scalar::Long,
};
use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use domain::admin::storage::{self, Change, Impact, Retention, Table};

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
#[expect(clippy::struct_field_names, reason = "clients shall see the unit")]
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
#[expect(clippy::struct_field_names, reason = "clients shall see the unit")]
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
    pub fn parse(&self) -> Result<Vec<Change>> {
        let given = [
            (Table::Posts, "postDays", &self.post_days),
            (Table::Jobs, "jobDays", &self.job_days),
            (Table::Events, "eventDays", &self.event_days),
            (Table::Logs, "logDays", &self.log_days),
        ];
        let given = given.into_iter().filter(|(.., days)| !days.is_undefined());
        given.map(|(table, field, days)| Ok(Change { table, days: parsed(field, days.value())? })).collect()
    }
}

fn parsed(field: &str, days: Option<&i32>) -> Result<Option<u32>> {
    let negative = |_| ApiError::input(field, "write a number of days above 0");
    days.map(|days| u32::try_from(*days).map_err(negative)).transpose()
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
