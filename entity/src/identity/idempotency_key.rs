//! The table `idempotency_key`: mutations that were done, so that sent again they are not done again.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_key")]
pub struct Model {
    /// The session or API key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub caller_id: Uuid,
    /// As the caller chose it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// What was asked, as a hash, and what came of it.
    pub sealed: String,
    pub known_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
