//! What a record counts in robust means, and whose it is.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "sentiment_record";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        let weight = Table::alter().table(TABLE).add_column(double("weight").default(1.0)).to_owned();
        manager.alter_table(weight).await?;
        let author = Table::alter().table(TABLE).add_column(string_len_null("author_hash", 64)).to_owned();
        manager.alter_table(author).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(TABLE).drop_column("author_hash").to_owned()).await?;
        manager.alter_table(Table::alter().table(TABLE).drop_column("weight").to_owned()).await
    }
}
