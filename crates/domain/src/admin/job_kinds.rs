//! The jobs of administration.

use super::exchange::{Export, Table};
use crate::market::Symbol;
use jobs::{Job, Priority};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// Deletes what is past its retention: ended jobs, old events, old log lines, archives.
#[derive(Debug, Serialize, Deserialize)]
pub struct CleanUp {}

impl Job for CleanUp {
    const KIND: &'static str = "admin.clean_up";
    const PRIORITY: Priority = Priority::Low;

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Writes down for someone what is kept about them.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExportMyData {
    pub account: Uuid,
    pub archive: Uuid,
}

impl Job for ExportMyData {
    const KIND: &'static str = "admin.export_my_data";

    fn unique_key(&self) -> Option<String> {
        Some(self.account.to_string())
    }
}

/// Writes a table into an archive.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExportData {
    pub archive: Uuid,
    pub what: Export,
    pub symbol: Option<Symbol>,
}

impl Job for ExportData {
    const KIND: &'static str = "admin.export_data";
    const TIMEOUT: Duration = Duration::from_mins(30);
}

/// Reads an archive into a table.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportData {
    pub archive: Uuid,
    pub table: Table,
    /// Of prices without a column for it.
    pub symbol: Option<Symbol>,
}

impl Job for ImportData {
    const KIND: &'static str = "admin.import_data";
    const TIMEOUT: Duration = Duration::from_hours(1);

    fn unique_key(&self) -> Option<String> {
        Some(self.archive.to_string())
    }
}
