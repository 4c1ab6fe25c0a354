//! The table `prediction`: what models expected, chained by hashes when it was said, and what came.

use crate::Amount;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "prediction")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its place in the chain.
    #[sea_orm(unique)]
    pub sequence: i64,
    pub stock_id: Uuid,
    pub symbol: String,
    pub model_id: Uuid,
    /// Trading days ahead.
    pub horizon: i32,
    pub snapshot_id: Uuid,
    /// Made beside the one that was answered with, to see how good a model in staging would be.
    pub is_shadow: bool,
    /// Whether bars or posts of the simulated market are in it.
    pub is_simulated: bool,
    /// The last day that it knows the close of.
    pub day: Date,
    /// The day whose close it is about.
    pub target_day: Date,
    /// The close of `day`, as adjusted then.
    pub base_price: Amount,
    /// The median.
    pub price: Amount,
    pub low_95: Amount,
    pub high_95: Amount,
    pub low_99: Amount,
    pub high_99: Amount,
    /// Levels and returns, as JSON.
    #[sea_orm(column_type = "Text")]
    pub quantiles: String,
    /// 0…1.
    pub probability_up: f64,
    /// The expected standard deviation of the return over the horizon.
    pub volatility: f64,
    pub signal: Signal,
    pub risk: Risk,
    /// What each feature adds to the median, in units of the return, as JSON; empty where the model does not tell.
    #[sea_orm(column_type = "Text")]
    pub contributions: String,
    pub known_at: DateTimeUtc,
    pub previous_hash: String,
    /// SHA-256 over everything above.
    pub hash: String,
    /// What came, on the basis of `base_price`; absent until it is known.
    pub actual_price: Option<Amount>,
    pub judged_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "stock_id", to = "id")]
    pub stock: BelongsTo<crate::market::stock::Entity>,
    #[sea_orm(belongs_to, from = "model_id", to = "id")]
    pub model: BelongsTo<super::forecast_model::Entity>,
}

/// What the numbers suggest to someone who holds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(4))")]
pub enum Signal {
    #[sea_orm(string_value = "BUY")]
    Buy,
    #[sea_orm(string_value = "SELL")]
    Sell,
    #[sea_orm(string_value = "HOLD")]
    Hold,
}

/// How far the price may move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(8))")]
pub enum Risk {
    #[sea_orm(string_value = "LOW")]
    Low,
    #[sea_orm(string_value = "MEDIUM")]
    Medium,
    #[sea_orm(string_value = "HIGH")]
    High,
}

impl ActiveModelBehavior for ActiveModel {}
