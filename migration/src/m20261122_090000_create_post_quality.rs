//! How much each post is worth, and what finds its copies.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("post_quality")
                    .col(uuid("post_id").primary_key())
                    .col(double("total"))
                    .col(double_null("engagement"))
                    .col(double("length"))
                    .col(double_null("upvotes"))
                    .col(double("spam"))
                    .col(boolean("is_brigaded"))
                    .col(boolean("is_quality"))
                    .col(binary_null("fingerprint"))
                    .col(timestamp_with_time_zone("published_at"))
                    .col(timestamp_with_time_zone("known_at"))
                    .foreign_key(ForeignKey::create().from("post_quality", "post_id").to("post", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("post_quality_published_at_idx")
                    .table("post_quality")
                    .col("published_at")
                    .col("total")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("post_quality").to_owned()).await
    }
}
