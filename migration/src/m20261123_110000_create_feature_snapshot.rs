//! What models were given, so that it can be made again.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("feature_snapshot")
                    .col(uuid("id").primary_key())
                    .col(string_len("feature_version", 16))
                    .col(text("symbols"))
                    .col(date("first_day"))
                    .col(date("last_day"))
                    .col(timestamp_with_time_zone("as_of"))
                    .col(big_integer("row_count"))
                    .col(big_integer("bar_count"))
                    .col(big_integer("post_count"))
                    .col(string_len("checksum", 64))
                    .col(text("health"))
                    .col(timestamp_with_time_zone("known_at"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("feature_snapshot").to_owned()).await
    }
}
