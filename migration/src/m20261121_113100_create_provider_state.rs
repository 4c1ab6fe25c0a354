//! What came of calling a vendor, also of those that ask for no credential.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("provider_state")
                    .col(string_len("provider", 16).primary_key())
                    .col(timestamp_with_time_zone("tested_at"))
                    .col(timestamp_with_time_zone_null("given_at"))
                    .col(string_len("outcome", 20))
                    .col(big_integer_null("quota_left"))
                    .col(timestamp_with_time_zone_null("last_success_at"))
                    .col(timestamp_with_time_zone_null("error_at"))
                    .col(string_len_null("error", 20))
                    .col(text_null("error_message"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("provider_state").to_owned()).await?;
        Ok(())
    }
}
