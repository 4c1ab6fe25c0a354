//! Splits and dividends with all their versions.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("corporate_action")
                    .col(uuid("stock_id"))
                    .col(timestamp_with_time_zone("ex_date"))
                    .col(string_len("kind", 16))
                    .col(string_len("source", 16))
                    .col(timestamp_with_time_zone("known_at"))
                    .col(timestamp_with_time_zone_null("superseded_at"))
                    .col(big_integer_null("new_shares"))
                    .col(big_integer_null("old_shares"))
                    .col(big_integer_null("cash"))
                    .primary_key(
                        Index::create()
                            .col("stock_id")
                            .col("ex_date")
                            .col("kind")
                            .col("source")
                            .col("known_at"),
                    )
                    .foreign_key(ForeignKey::create().from("corporate_action", "stock_id").to("stock", "id"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("corporate_action").to_owned()).await
    }
}
