//! The structured log, kept for reading over the API.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("log_entry")
                    .col(uuid("id").primary_key())
                    .col(timestamp_with_time_zone("known_at"))
                    .col(string_len("level", 8))
                    .col(string("target"))
                    .col(text("message"))
                    .col(json_binary("fields"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("log_entry_known_at_idx")
                    .table("log_entry")
                    .col("known_at")
                    .col("id")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("log_entry").to_owned()).await?;
        Ok(())
    }
}
