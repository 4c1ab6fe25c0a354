//! The table `post_quality`: how much a post is worth, one row per scored post.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "post_quality")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub post_id: Uuid,
    /// 0…100, as the parts are.
    pub total: f64,
    /// Null where nobody votes or comments.
    pub engagement: Option<f64>,
    pub length: f64,
    /// Null where the source does not tell.
    pub upvotes: Option<f64>,
    pub spam: f64,
    pub is_brigaded: bool,
    /// Whether the total was good enough by the setting of that time.
    pub is_quality: bool,
    /// What near-copies share; null of texts too short to tell.
    pub fingerprint: Option<Vec<u8>>,
    /// The post's.
    pub published_at: DateTimeUtc,
    pub known_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "post_id", to = "id")]
    pub post: BelongsTo<super::post::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
