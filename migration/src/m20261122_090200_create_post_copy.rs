//! Posts that repeat others.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("post_copy")
                    .col(uuid("post_id").primary_key())
                    .col(uuid("first_id"))
                    .col(string_len("kind", 16))
                    .col(timestamp_with_time_zone("known_at"))
                    .foreign_key(ForeignKey::create().from("post_copy", "post_id").to("post", "id"))
                    .foreign_key(ForeignKey::create().from("post_copy", "first_id").to("post", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("post_copy_first_id_idx").table("post_copy").col("first_id").to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("post_copy").to_owned()).await
    }
}
