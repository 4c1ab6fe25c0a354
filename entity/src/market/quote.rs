//! The table `quote`: the newest quote of a stock.

use crate::{SourceKind, amount::Amount};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quote")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub stock_id: Uuid,
    pub price: Amount,
    pub open: Option<Amount>,
    pub high: Option<Amount>,
    pub low: Option<Amount>,
    pub previous_close: Option<Amount>,
    pub volume: Option<i64>,
    pub as_of: DateTimeUtc,
    pub source: SourceKind,
    pub known_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "stock_id", to = "id")]
    pub stock: BelongsTo<super::stock::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
