//! Until when each source was read about each topic, so that a failure leaves no gap.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("collection_mark")
                    .col(string_len("source", 16))
                    .col(string_len("topic", 32))
                    .col(timestamp_with_time_zone("collected_until"))
                    .primary_key(Index::create().col("source").col("topic"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("collection_mark").to_owned()).await?;
        Ok(())
    }
}
