//! The table `provider_usage`: how much a vendor was asked within a day or a month.

use crate::SourceKind;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_usage")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub provider: SourceKind,
    /// A day, such as `2026-11-22`, or a month, such as `2026-11`; both in UTC.
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: String,
    /// Requests, those that failed included.
    pub used: i64,
    pub failed: i64,
    /// The most that were allowed when the last one was made; null without a limit.
    pub allowed: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
