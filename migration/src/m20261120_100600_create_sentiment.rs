//! Scores of posts, whole and per stock.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("post_score")
                    .col(uuid("post_id"))
                    .col(string_len("model", 32))
                    .col(string_len("model_version", 32))
                    .col(double("score"))
                    .col(string_len("label", 8))
                    .col(double("confidence"))
                    .col(timestamp_with_time_zone("known_at"))
                    .primary_key(Index::create().col("post_id").col("model"))
                    .foreign_key(ForeignKey::create().from("post_score", "post_id").to("post", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("sentiment_record")
                    .col(uuid("id").primary_key())
                    .col(uuid("post_id"))
                    .col(uuid("stock_id"))
                    .col(string_len("symbol", 10))
                    .col(string_len("source", 16))
                    .col(string_len("content_type", 16))
                    .col(timestamp_with_time_zone("published_at"))
                    .col(date("session_day"))
                    .col(double("score"))
                    .col(string_len("label", 8))
                    .col(double("confidence"))
                    .col(string_len("model", 32))
                    .col(string_len("model_version", 32))
                    .col(text_null("snippet"))
                    .col(string_len_null("url", 500))
                    .col(timestamp_with_time_zone("known_at"))
                    .col(timestamp_with_time_zone("processed_at"))
                    .foreign_key(ForeignKey::create().from("sentiment_record", "post_id").to("post", "id"))
                    .foreign_key(ForeignKey::create().from("sentiment_record", "stock_id").to("stock", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("sentiment_record_post_stock_model_key")
                    .table("sentiment_record")
                    .col("post_id")
                    .col("stock_id")
                    .col("model")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("sentiment_record_stock_published_at_idx")
                    .table("sentiment_record")
                    .col("stock_id")
                    .col("published_at")
                    .col("id")
                    // The rest makes summaries readable from the index alone.
                    .col("known_at")
                    .col("session_day")
                    .col("score")
                    .col("label")
                    .col("source")
                    .to_owned(),
            )
            .await?;
        // The mood of the whole market reads all stocks of a window.
        manager
            .create_index(
                Index::create()
                    .name("sentiment_record_published_at_idx")
                    .table("sentiment_record")
                    .col("published_at")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("sentiment_record").to_owned()).await?;
        manager.drop_table(Table::drop().table("post_score").to_owned()).await?;
        Ok(())
    }
}
