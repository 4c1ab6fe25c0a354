//! Price bars with all their versions.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("price_bar")
                    .col(uuid("stock_id"))
                    .col(string_len("interval", 8))
                    .col(timestamp_with_time_zone("time"))
                    .col(timestamp_with_time_zone("known_at"))
                    .col(timestamp_with_time_zone_null("superseded_at"))
                    .col(big_integer_null("open"))
                    .col(big_integer_null("high"))
                    .col(big_integer_null("low"))
                    .col(big_integer("close"))
                    .col(big_integer_null("adjusted_close"))
                    .col(big_integer_null("volume"))
                    .col(string_len("source", 16))
                    // The canonical read, a stock's bars by time, is a range of the key itself.
                    .primary_key(Index::create().col("stock_id").col("interval").col("time").col("known_at"))
                    .foreign_key(ForeignKey::create().from("price_bar", "stock_id").to("stock", "id"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("price_bar").to_owned()).await?;
        Ok(())
    }
}
