//! The table `post_copy`: posts that repeat another, one row per copy.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post_copy")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub post_id: Uuid,
    /// The first post of those that are alike.
    pub first_id: Uuid,
    pub kind: CopyKind,
    /// When it was found out: the past did not know.
    pub known_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "post_id", to = "id")]
    pub post: BelongsTo<super::post::Entity>,
}

/// Why a text is there more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum CopyKind {
    /// Someone posts again, or a publisher prints what another wrote.
    #[sea_orm(string_value = "CROSS_POST")]
    CrossPost,
    /// Many people post the same: the first of them, too.
    #[sea_orm(string_value = "CAMPAIGN")]
    Campaign,
}

impl ActiveModelBehavior for ActiveModel {}
