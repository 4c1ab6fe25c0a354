//! The table `collection_mark`: until when a source was read about a topic.

use crate::SourceKind;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "collection_mark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: SourceKind,
    /// A symbol; empty where the source is read as a whole.
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic: String,
    /// Everything published before is stored.
    pub collected_until: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
