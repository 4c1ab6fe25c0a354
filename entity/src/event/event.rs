//! The table `event`: what happened, numbered 1, 2, 3 … within a topic.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    pub payload: Json,
    pub known_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
