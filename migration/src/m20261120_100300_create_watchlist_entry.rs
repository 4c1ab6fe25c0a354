//! The stocks that the collectors follow.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("watchlist_entry")
                    .col(uuid("stock_id").primary_key())
                    .col(boolean("is_paused"))
                    .col(timestamp_with_time_zone("known_at"))
                    .foreign_key(ForeignKey::create().from("watchlist_entry", "stock_id").to("stock", "id"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("watchlist_entry").to_owned()).await?;
        Ok(())
    }
}
