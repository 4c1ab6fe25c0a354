//! The table `sentiment_record`: what a model makes of a stock in a post, one row per (post, stock, model).

use crate::{SourceKind, news::post::ContentType};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sentiment_record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub post_id: Uuid,
    pub stock_id: Uuid,
    pub symbol: String,
    pub source: SourceKind,
    pub content_type: ContentType,
    pub published_at: DateTimeUtc,
    /// The trading day that the post could still influence.
    pub session_day: Date,
    /// −1…1.
    pub score: f64,
    pub label: SentimentLabel,
    /// 0…1.
    pub confidence: f64,
    /// What it counts in robust means, 0…1: the quality of the post, and how sure it is that the stock is meant.
    pub weight: f64,
    /// The post's: salted, and kept when the text is erased.
    pub author_hash: Option<String>,
    pub model: String,
    pub model_version: String,
    /// The first 500 characters of the cleaned text.
    #[sea_orm(column_type = "Text", nullable)]
    pub snippet: Option<String>,
    pub url: Option<String>,
    pub known_at: DateTimeUtc,
    pub processed_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "post_id", to = "id")]
    pub post: BelongsTo<crate::news::post::Entity>,
    #[sea_orm(belongs_to, from = "stock_id", to = "id")]
    pub stock: BelongsTo<crate::market::stock::Entity>,
}

/// The mood of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(8))")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SentimentLabel {
    #[sea_orm(string_value = "POSITIVE")]
    Positive,
    #[sea_orm(string_value = "NEUTRAL")]
    Neutral,
    #[sea_orm(string_value = "NEGATIVE")]
    Negative,
}

impl ActiveModelBehavior for ActiveModel {}
