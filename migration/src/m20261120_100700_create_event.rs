//! Events, numbered without gaps within a topic.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("topic")
                    .col(string_len("name", 64).primary_key())
                    .col(big_integer("last_sequence"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("event")
                    .col(string_len("topic", 64))
                    .col(big_integer("sequence"))
                    .col(json_binary("payload"))
                    .col(timestamp_with_time_zone("known_at"))
                    .primary_key(Index::create().col("topic").col("sequence"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("event").to_owned()).await?;
        manager.drop_table(Table::drop().table("topic").to_owned()).await?;
        Ok(())
    }
}
