//! Posts and articles as their sources gave them.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("post")
                    .col(uuid("id").primary_key())
                    .col(string_len("source", 16))
                    .col(string_len("external_id", 200))
                    .col(string_len("content_type", 16))
                    .col(text_null("channel"))
                    .col(string_len_null("url", 500))
                    .col(text_null("title"))
                    .col(text("body"))
                    .col(string_len_null("author_hash", 64))
                    .col(integer_null("votes"))
                    .col(integer_null("comment_count"))
                    .col(double_null("upvote_ratio"))
                    .col(timestamp_with_time_zone("published_at"))
                    .col(timestamp_with_time_zone("known_at"))
                    .col(timestamp_with_time_zone_null("scored_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("post_source_external_id_key")
                    .table("post")
                    .col("source")
                    .col("external_id")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("post_published_at_idx")
                    .table("post")
                    .col("published_at")
                    .col("id")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("post").to_owned()).await?;
        Ok(())
    }
}
