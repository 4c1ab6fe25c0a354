//! The table `log_entry`: the structured log, kept for reading over the API.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "log_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub known_at: DateTimeUtc,
    pub level: String,
    pub target: String,
    #[sea_orm(column_type = "Text")]
    pub message: String,
    pub fields: Json,
}

impl ActiveModelBehavior for ActiveModel {}
