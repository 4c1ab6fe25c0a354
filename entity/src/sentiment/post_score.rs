//! The table `post_score`: what a model makes of a whole post, one row per (post, model).

use super::sentiment_record::SentimentLabel;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "post_score")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub post_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub model: String,
    pub model_version: String,
    /// −1…1.
    pub score: f64,
    pub label: SentimentLabel,
    /// 0…1.
    pub confidence: f64,
    pub known_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "post_id", to = "id")]
    pub post: BelongsTo<crate::news::post::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
