//! What came of reading a subreddit by hand; it goes with its job.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let job = ForeignKey::create()
            .from("scrape", "job_id")
            .to("job", "id")
            .on_delete(ForeignKeyAction::Cascade)
            .to_owned();
        manager
            .create_table(
                Table::create()
                    .table("scrape")
                    .col(uuid("job_id").primary_key())
                    .col(string_len("subreddit", 21))
                    .col(integer("saved"))
                    .col(integer("skipped"))
                    .col(integer("failed"))
                    .foreign_key(&mut job.clone())
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("scrape").to_owned()).await?;
        Ok(())
    }
}
