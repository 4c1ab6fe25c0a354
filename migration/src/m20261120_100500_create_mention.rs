//! The stocks that a post mentions.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("mention")
                    .col(uuid("post_id"))
                    .col(uuid("stock_id"))
                    .col(integer("span_start"))
                    .col(integer("span_end"))
                    .col(integer("occurrences"))
                    .col(string_len("kind", 8))
                    .col(double("confidence"))
                    .col(timestamp_with_time_zone("published_at"))
                    .col(timestamp_with_time_zone("known_at"))
                    .primary_key(Index::create().col("post_id").col("stock_id"))
                    .foreign_key(ForeignKey::create().from("mention", "post_id").to("post", "id"))
                    .foreign_key(ForeignKey::create().from("mention", "stock_id").to("stock", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("mention_stock_published_at_idx")
                    .table("mention")
                    .col("stock_id")
                    .col("published_at")
                    .col("post_id")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("mention").to_owned()).await?;
        Ok(())
    }
}
