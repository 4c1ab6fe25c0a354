//! The table `mention`: one row per post and stock, with the span of the first mention.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mention")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub post_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub stock_id: Uuid,
    /// Byte range of the first mention in the cleaned text.
    pub span_start: i32,
    pub span_end: i32,
    pub occurrences: i32,
    pub kind: MentionKind,
    pub confidence: f64,
    /// The post's, repeated here so that a stock's news is one index range.
    pub published_at: DateTimeUtc,
    pub known_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "post_id", to = "id")]
    pub post: BelongsTo<super::post::Entity>,
}

/// How a stock was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(8))")]
pub enum MentionKind {
    /// `$AAPL`
    #[sea_orm(string_value = "CASHTAG")]
    Cashtag,
    /// `AAPL`
    #[sea_orm(string_value = "SYMBOL")]
    Symbol,
    /// `Apple`
    #[sea_orm(string_value = "NAME")]
    Name,
}

impl ActiveModelBehavior for ActiveModel {}
