//! Whether a vendor is left alone for now, and until when.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            ColumnDef::new("breaker").string_len(10).not_null().default("CLOSED").to_owned(),
            timestamp_with_time_zone_null("retry_at").take(),
        ] {
            // One at a time: SQLite takes no more.
            manager.alter_table(Table::alter().table("provider_state").add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["retry_at", "breaker"] {
            manager
                .alter_table(Table::alter().table("provider_state").drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}
