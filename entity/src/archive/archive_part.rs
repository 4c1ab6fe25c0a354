//! The table `archive_part`: a piece of an archive, small enough to be written in a moment.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "archive_part")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub archive_id: Uuid,
    /// Its place, from 0 without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i32,
    pub bytes: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
