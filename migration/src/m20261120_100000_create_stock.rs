//! Stocks, one row per (symbol, exchange).

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Lists are sorted by these columns; by character code on every server, whatever its language.
        let by_code = match manager.get_database_backend() {
            DbBackend::Postgres => "COLLATE \"C\"",
            _ => "COLLATE BINARY",
        };
        manager
            .create_table(
                Table::create()
                    .table("stock")
                    .col(uuid("id").primary_key())
                    .col(string_len("symbol", 10).extra(by_code))
                    .col(string("exchange"))
                    .col(string("name").extra(by_code))
                    .col(string_len("kind", 16))
                    .col(string_null("sector"))
                    .col(string_null("industry"))
                    .col(boolean("is_active"))
                    .col(timestamp_with_time_zone("known_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("stock_symbol_exchange_key")
                    .table("stock")
                    .col("symbol")
                    .col("exchange")
                    .unique()
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("stock").to_owned()).await?;
        Ok(())
    }
}
