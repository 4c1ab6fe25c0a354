//! Bars that can't be right, and what was decided about them.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("price_finding")
                    .col(uuid("id").primary_key())
                    .col(uuid("stock_id"))
                    .col(timestamp_with_time_zone("time"))
                    .col(string_len("kind", 16))
                    .col(timestamp_with_time_zone("bar_known_at"))
                    .col(text("evidence"))
                    .col(text_null("proposal"))
                    .col(string_len("state", 16))
                    .col(boolean("withholds"))
                    .col(timestamp_with_time_zone("known_at"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .col(string_len_null("decided_by", 8))
                    .foreign_key(ForeignKey::create().from("price_finding", "stock_id").to("stock", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("price_finding_bar_key")
                    .table("price_finding")
                    .col("stock_id")
                    .col("time")
                    .col("kind")
                    .col("bar_known_at")
                    .unique()
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("price_finding").to_owned()).await
    }
}
