//! People.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("account")
                    .col(uuid("id").primary_key())
                    .col(string_len_uniq("email", 254))
                    .col(timestamp_with_time_zone_null("email_verified_at"))
                    .col(text_null("password_hash"))
                    .col(string_len_null("google_subject", 255).unique_key())
                    .col(string_len_null("display_name", 100))
                    .col(string_len("time_zone", 64))
                    .col(string_len("role", 16))
                    .col(text_null("totp_secret"))
                    .col(timestamp_with_time_zone_null("totp_confirmed_at"))
                    .col(big_integer_null("totp_step"))
                    .col(timestamp_with_time_zone("known_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(timestamp_with_time_zone_null("deleted_at"))
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("account").to_owned()).await?;
        Ok(())
    }
}
