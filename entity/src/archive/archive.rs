//! The table `archive`: a file of someone, to be downloaded or imported.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "archive")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    pub kind: ArchiveKind,
    pub file_name: String,
    pub state: ArchiveState,
    /// The job that writes it; null for an upload.
    pub job_id: Option<Uuid>,
    /// Who may add parts now: a writer that was replaced by another one adds none.
    pub writer: Option<Uuid>,
    /// Of the parts that are there.
    pub size_bytes: i64,
    /// In hex; null until it is ready.
    pub sha256: Option<String>,
    /// Null for an upload, and until it is ready.
    pub row_count: Option<i64>,
    /// What became of it when it was imported last.
    pub last_import: Option<Json>,
    pub known_at: DateTimeUtc,
    pub ready_at: Option<DateTimeUtc>,
    /// From then on it is as good as deleted.
    pub expires_at: DateTimeUtc,
}

/// What an archive holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum ArchiveKind {
    /// What is kept about its owner.
    #[sea_orm(string_value = "MY_DATA")]
    MyData,
    #[sea_orm(string_value = "PRICES")]
    Prices,
    #[sea_orm(string_value = "POSTS")]
    Posts,
    #[sea_orm(string_value = "SENTIMENT")]
    Sentiment,
    #[sea_orm(string_value = "STOCKS")]
    Stocks,
    /// Whatever its owner sent.
    #[sea_orm(string_value = "UPLOAD")]
    Upload,
}

/// Whether an archive is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum ArchiveState {
    #[sea_orm(string_value = "WRITING")]
    Writing,
    #[sea_orm(string_value = "READY")]
    Ready,
}

impl ActiveModelBehavior for ActiveModel {}
