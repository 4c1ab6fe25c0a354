//! The table `scrape`: what came of reading a subreddit by hand.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scrape")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: Uuid,
    pub subreddit: String,
    /// Posts that are new.
    pub saved: i32,
    /// Posts that were known already.
    pub skipped: i32,
    /// Posts that say nothing any more: removed, deleted, or links that stand there twice.
    pub failed: i32,
}

impl ActiveModelBehavior for ActiveModel {}
