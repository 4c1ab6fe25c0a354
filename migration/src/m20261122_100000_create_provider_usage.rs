//! How much each vendor was asked, and how often it failed: one row per vendor and day or month.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("provider_usage")
                    .col(string_len("provider", 16))
                    .col(string_len("period", 10))
                    .col(big_integer("used"))
                    .col(big_integer("failed"))
                    .col(big_integer_null("allowed"))
                    .primary_key(Index::create().col("provider").col("period"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("provider_usage").to_owned()).await?;
        Ok(())
    }
}
