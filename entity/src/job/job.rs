//! The table `job`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The wire name, such as `market.backfill_prices`.
    pub kind: String,
    pub payload: Json,
    pub unique_key: Option<String>,
    pub priority: i16,
    pub state: JobState,
    /// 0…1, null when the job does not measure it.
    pub progress: Option<f64>,
    pub attempt: i32,
    /// How many of the attempts ended with their worker.
    pub deaths: i32,
    pub max_attempts: i32,
    pub timeout_seconds: i32,
    /// Not before.
    pub run_at: DateTimeUtc,
    /// The tick of a schedule that made the job.
    pub due: Option<DateTimeUtc>,
    pub lease_token: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
    pub cancel_requested: bool,
    /// Of the last failed attempt.
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
    pub known_at: DateTimeUtc,
    pub started_at: Option<DateTimeUtc>,
    pub finished_at: Option<DateTimeUtc>,
}

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum JobState {
    #[sea_orm(string_value = "QUEUED")]
    Queued,
    #[sea_orm(string_value = "RUNNING")]
    Running,
    #[sea_orm(string_value = "COMPLETED")]
    Completed,
    /// Out of attempts: kept with its error.
    #[sea_orm(string_value = "FAILED")]
    Failed,
    #[sea_orm(string_value = "CANCELLED")]
    Cancelled,
}

impl ActiveModelBehavior for ActiveModel {}
