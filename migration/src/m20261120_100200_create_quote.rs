//! The newest quote of each stock.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("quote")
                    .col(uuid("stock_id").primary_key())
                    .col(big_integer("price"))
                    .col(big_integer_null("open"))
                    .col(big_integer_null("high"))
                    .col(big_integer_null("low"))
                    .col(big_integer_null("previous_close"))
                    .col(big_integer_null("volume"))
                    .col(timestamp_with_time_zone("as_of"))
                    .col(string_len("source", 16))
                    .col(timestamp_with_time_zone("known_at"))
                    .foreign_key(ForeignKey::create().from("quote", "stock_id").to("stock", "id"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("quote").to_owned()).await?;
        Ok(())
    }
}
