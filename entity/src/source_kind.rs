//! Who gave a row: every table with data from outside has it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a row came from.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SourceKind {
    #[sea_orm(string_value = "REDDIT")]
    Reddit,
    #[sea_orm(string_value = "FINNHUB")]
    Finnhub,
    #[sea_orm(string_value = "NEWSAPI")]
    #[serde(rename = "NEWSAPI")]
    NewsApi,
    #[sea_orm(string_value = "MARKETAUX")]
    Marketaux,
    #[sea_orm(string_value = "ALPHA_VANTAGE")]
    AlphaVantage,
    #[sea_orm(string_value = "YAHOO")]
    Yahoo,
    #[sea_orm(string_value = "GDELT")]
    Gdelt,
    #[sea_orm(string_value = "FILE")]
    File,
    #[sea_orm(string_value = "SIMULATED")]
    Simulated,
}
