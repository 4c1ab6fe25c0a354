//! Mutations that a client may send again without doing them again.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("idempotency_key")
                    .col(uuid("caller_id"))
                    .col(string_len("key", 100))
                    .col(text("sealed"))
                    .col(timestamp_with_time_zone("known_at"))
                    .primary_key(Index::create().col("caller_id").col("key"))
                    .to_owned(),
            )
            .await?;
        let db = manager.get_connection();
        db.execute_unprepared("CREATE INDEX idempotency_key_known_idx ON idempotency_key (known_at)").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("idempotency_key").to_owned()).await?;
        Ok(())
    }
}
