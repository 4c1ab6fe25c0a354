//! The table `price_bar`: every version of every bar.
//!
//! A bar that a source restates is not overwritten: the old version gets `superseded_at`, so that the past can be
//! asked as it was known then.

use crate::{SourceKind, amount::Amount};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "price_bar")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub stock_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub interval: BarInterval,
    /// The start of the bar; for a day, midnight UTC of the session's date.
    #[sea_orm(primary_key, auto_increment = false)]
    pub time: DateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub known_at: DateTimeUtc,
    pub superseded_at: Option<DateTimeUtc>,
    pub open: Option<Amount>,
    pub high: Option<Amount>,
    pub low: Option<Amount>,
    pub close: Amount,
    pub adjusted_close: Option<Amount>,
    pub volume: Option<i64>,
    pub source: SourceKind,
    #[sea_orm(belongs_to, from = "stock_id", to = "id")]
    pub stock: BelongsTo<super::stock::Entity>,
}

/// The time that a bar spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(8))")]
pub enum BarInterval {
    /// One session of the exchange.
    #[sea_orm(string_value = "DAY")]
    Day,
}

impl ActiveModelBehavior for ActiveModel {}
