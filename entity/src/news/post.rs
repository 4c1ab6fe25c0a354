//! The table `post`: a raw item as its source gave it.

use crate::SourceKind;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "post")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub source: SourceKind,
    /// Unique within the source.
    pub external_id: String,
    pub content_type: ContentType,
    /// Where within the source: a subreddit, a publisher.
    pub channel: Option<String>,
    pub url: Option<String>,
    pub title: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// Salted hash; the name itself is never stored.
    pub author_hash: Option<String>,
    /// Up-votes minus down-votes, likes, or what the source counts.
    pub votes: Option<i32>,
    pub comment_count: Option<i32>,
    pub upvote_ratio: Option<f64>,
    pub published_at: DateTimeUtc,
    pub known_at: DateTimeUtc,
    /// When mentions and scores were stored; null until then.
    pub scored_at: Option<DateTimeUtc>,
    /// When text and address were erased; null until then.
    pub erased_at: Option<DateTimeUtc>,
    #[sea_orm(has_many)]
    pub mentions: HasMany<super::mention::Entity>,
}

/// What kind of text a post is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum ContentType {
    #[sea_orm(string_value = "POST")]
    Post,
    #[sea_orm(string_value = "COMMENT")]
    Comment,
    #[sea_orm(string_value = "ARTICLE")]
    Article,
    #[sea_orm(string_value = "HEADLINE")]
    Headline,
}

impl ActiveModelBehavior for ActiveModel {}
