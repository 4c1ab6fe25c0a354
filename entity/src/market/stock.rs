//! The table `stock`: one row per (symbol, exchange).

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub symbol: String,
    /// `UNKNOWN` until a source names it.
    pub exchange: String,
    pub name: String,
    pub kind: StockKind,
    pub sector: Option<String>,
    pub industry: Option<String>,
    pub is_active: bool,
    pub known_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(has_one)]
    pub quote: HasOne<super::quote::Entity>,
    #[sea_orm(has_one)]
    pub watchlist_entry: HasOne<super::watchlist_entry::Entity>,
    #[sea_orm(has_many)]
    pub price_bars: HasMany<super::price_bar::Entity>,
}

/// What is traded under a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum StockKind {
    #[sea_orm(string_value = "EQUITY")]
    Equity,
    /// A fund that tracks an index and stands for it.
    #[sea_orm(string_value = "INDEX_FUND")]
    IndexFund,
}

impl ActiveModelBehavior for ActiveModel {}
