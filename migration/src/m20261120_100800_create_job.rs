//! The durable queue.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("job")
                    .col(uuid("id").primary_key())
                    .col(string_len("kind", 64))
                    .col(json_binary("payload"))
                    .col(string_len_null("unique_key", 200))
                    .col(small_integer("priority"))
                    .col(string_len("state", 16))
                    .col(double_null("progress"))
                    .col(integer("attempt"))
                    .col(integer("max_attempts"))
                    .col(integer("timeout_seconds"))
                    .col(timestamp_with_time_zone("run_at"))
                    .col(timestamp_with_time_zone_null("due"))
                    .col(uuid_null("lease_token"))
                    .col(timestamp_with_time_zone_null("lease_until"))
                    .col(boolean("cancel_requested"))
                    .col(text_null("error"))
                    .col(timestamp_with_time_zone("known_at"))
                    .col(timestamp_with_time_zone_null("started_at"))
                    .col(timestamp_with_time_zone_null("finished_at"))
                    .to_owned(),
            )
            .await?;
        let db = manager.get_connection();
        // A key is taken only while its job waits or runs.
        db.execute_unprepared(
            "CREATE UNIQUE INDEX job_unique_key ON job (kind, unique_key) WHERE state IN ('QUEUED', 'RUNNING')",
        )
        .await?;
        db.execute_unprepared("CREATE UNIQUE INDEX job_due_key ON job (kind, due) WHERE due IS NOT NULL")
            .await?;
        db.execute_unprepared(
            "CREATE INDEX job_claim_idx ON job (priority DESC, run_at, id) WHERE state IN ('QUEUED', 'RUNNING')",
        )
        .await?;
        // How many wait, run and have failed is asked with every dashboard; most jobs have ended well.
        db.execute_unprepared("CREATE INDEX job_state_idx ON job (state, id)").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("job").to_owned()).await?;
        Ok(())
    }
}
