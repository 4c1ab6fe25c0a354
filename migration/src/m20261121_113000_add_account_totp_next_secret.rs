//! A second factor that waits for its first code, beside the one that counts until then.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let alter = Table::alter().table("account").add_column(text_null("totp_next_secret")).to_owned();
        manager.alter_table(alter).await?;
        // What was not confirmed yet waited in the other column.
        let moved = "UPDATE account SET totp_next_secret = totp_secret, totp_secret = NULL \
                     WHERE totp_confirmed_at IS NULL";
        manager.get_connection().execute_unprepared(moved).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let moved = "UPDATE account SET totp_secret = totp_next_secret WHERE totp_confirmed_at IS NULL";
        manager.get_connection().execute_unprepared(moved).await?;
        manager.alter_table(Table::alter().table("account").drop_column("totp_next_secret").to_owned()).await
    }
}
