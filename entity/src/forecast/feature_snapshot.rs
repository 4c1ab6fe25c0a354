//! The table `feature_snapshot`: how features were made, by the content of what they were made from.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "feature_snapshot")]
pub struct Model {
    /// The beginning of the inputs' SHA-256: the same inputs, the same id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which features, as a semantic version.
    pub feature_version: String,
    /// Sorted, as a JSON array.
    #[sea_orm(column_type = "Text")]
    pub symbols: String,
    pub first_day: Date,
    pub last_day: Date,
    /// Nothing that became known later is in it.
    pub as_of: DateTimeUtc,
    /// Trading days of all stocks together.
    pub row_count: i64,
    pub bar_count: i64,
    pub post_count: i64,
    /// SHA-256 of the features.
    pub checksum: String,
    /// What is odd about them, as JSON.
    #[sea_orm(column_type = "Text")]
    pub health: String,
    pub known_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
