//! The jobs of administration.

use super::{
    alert::News,
    exchange::{Export, Table},
    service_level::Promise,
};
use crate::{SourceKind, market::Symbol};
use chrono::{DateTime, NaiveDate, Utc};
use entity::admin::provider_credential::Reminder;
use jobs::{Job, Priority};
use sea_orm::ActiveEnum as _;
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

/// Calls a vendor once, with the credential that it has then.
#[derive(Debug, Serialize, Deserialize)]
pub struct TestCredential {
    pub provider: SourceKind,
    /// When the credential was given: one that takes its place is tested too, even while the test of the first runs.
    pub(super) given_at: Option<DateTime<Utc>>,
}

impl Job for TestCredential {
    const KIND: &'static str = "admin.test_credential";
    const PRIORITY: Priority = Priority::High;

    fn unique_key(&self) -> Option<String> {
        let given = self.given_at.map_or(0, |time| time.timestamp_micros());
        Some(format!("{}:{given}", self.provider.to_value()))
    }
}

/// Finds credentials that should be replaced, and has administrators reminded.
#[derive(Debug, Serialize, Deserialize)]
pub struct RemindRotation {}

impl Job for RemindRotation {
    const KIND: &'static str = "admin.remind_rotation";
    const PRIORITY: Priority = Priority::Low;

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Writes to one administrator about one credential.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendReminder {
    pub(super) administrator: Uuid,
    pub(super) provider: SourceKind,
    pub(super) reminder: Reminder,
}

impl Job for SendReminder {
    const KIND: &'static str = "admin.send_reminder";
}

/// Measures what the service promises, and has administrators told what changed.
#[derive(Debug, Serialize, Deserialize)]
pub struct CheckServiceLevels {}

impl Job for CheckServiceLevels {
    const KIND: &'static str = "admin.check_service_levels";

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Writes to one administrator about one promise.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendAlert {
    pub(super) administrator: Uuid,
    pub(super) promise: Promise,
    pub(super) news: News,
    pub(super) value: Option<f64>,
    /// The worst stock, of promises about each.
    pub(super) symbol: Option<String>,
}

impl Job for SendAlert {
    const KIND: &'static str = "admin.send_alert";
}

/// Writes down what came in within a day, for each administrator.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReportQuality {}

impl Job for ReportQuality {
    const KIND: &'static str = "admin.report_quality";
    const PRIORITY: Priority = Priority::Low;

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Sends one administrator a day's report.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendReport {
    pub(super) administrator: Uuid,
    pub(super) day: NaiveDate,
    pub(super) body: String,
}

impl Job for SendReport {
    const KIND: &'static str = "admin.send_report";

    fn unique_key(&self) -> Option<String> {
        Some(format!("{}:{}", self.administrator, self.day))
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
