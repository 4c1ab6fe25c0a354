//! What vendors ask for, sealed.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("provider_credential")
                    .col(string_len("provider", 16).primary_key())
                    .col(text("sealed"))
                    .col(string_len("last_four", 4))
                    .col(timestamp_with_time_zone("known_at"))
                    .col(timestamp_with_time_zone_null("expires_at"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("provider_credential").to_owned()).await?;
        Ok(())
    }
}
