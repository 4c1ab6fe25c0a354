//! Files for download and import, in parts of which each is written by itself.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("archive")
                    .col(uuid("id").primary_key())
                    .col(uuid("account_id"))
                    .col(string_len("kind", 16))
                    .col(string_len("file_name", 100))
                    .col(string_len("state", 16))
                    .col(uuid_null("job_id"))
                    .col(uuid_null("writer"))
                    .col(big_integer("size_bytes"))
                    .col(string_len_null("sha256", 64))
                    .col(big_integer_null("row_count"))
                    .col(json_binary_null("last_import"))
                    .col(timestamp_with_time_zone("known_at"))
                    .col(timestamp_with_time_zone_null("ready_at"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("archive", "account_id")
                            .to("account", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("archive_part")
                    .col(uuid("archive_id"))
                    .col(integer("seq"))
                    .col(blob("bytes"))
                    .primary_key(Index::create().col("archive_id").col("seq"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("archive_part", "archive_id")
                            .to("archive", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        let db = manager.get_connection();
        db.execute_unprepared("CREATE INDEX archive_account_idx ON archive (account_id, known_at)").await?;
        db.execute_unprepared("CREATE INDEX archive_expires_at_idx ON archive (expires_at)").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("archive_part").to_owned()).await?;
        manager.drop_table(Table::drop().table("archive").to_owned()).await?;
        Ok(())
    }
}
