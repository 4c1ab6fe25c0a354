//! The table `topic`: the number of the last event of each topic.
//!
//! Appending an event updates this row first. Its lock is held until the commit, so events become visible in the
//! order of their numbers, and the numbers have no gaps.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "topic")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub last_sequence: i64,
}

impl ActiveModelBehavior for ActiveModel {}
