//! What became of an archive when it was imported.

use super::{Error, exchange::Table};
use crate::archive::{self, Row};
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The outcome of the last import; counts are rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    pub table: Table,
    pub finished_at: DateTime<Utc>,
    pub read: u64,
    pub stored: u64,
    pub revised: u64,
    pub unchanged: u64,
    pub rejected: Vec<Rejected>,
    pub unknown_columns: Vec<String>,
    /// Why the file could not be read, or not to its end.
    pub problem: Option<String>,
}

/// The rows that were rejected for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    pub reason: String,
    pub count: u64,
    /// The first of them.
    pub examples: Vec<Example>,
}

/// A rejected row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// In the file, from 1.
    pub line: u64,
    /// Its start.
    pub text: String,
}

impl ImportReport {
    /// What the archive keeps of its last import, if that has ended.
    pub fn of(row: &Row) -> Result<Option<Self>, Error> {
        let Some(kept) = &row.last_import else { return Ok(None) };
        let report =
            serde_json::from_value(kept.clone()).map_err(|error| DbErr::Custom(error.to_string()))?;
        Ok(Some(report))
    }

    /// Keeps the report with its archive.
    pub async fn keep(&self, txn: &DatabaseTransaction, archive: Uuid) -> Result<(), Error> {
        let report = serde_json::to_value(self).map_err(|error| DbErr::Custom(error.to_string()))?;
        Ok(archive::remember_import(txn, archive, Some(report)).await?)
    }
}
