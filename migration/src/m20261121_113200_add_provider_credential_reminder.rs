//! Of what administrators were reminded.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = string_len_null("reminder", 8);
        manager.alter_table(Table::alter().table("provider_credential").add_column(column).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let alter = Table::alter().table("provider_credential").drop_column("reminder").to_owned();
        manager.alter_table(alter).await
    }
}
