//! The trace of what was done: the database itself refuses to change or to delete it.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

const SQLITE: [&str; 2] = [
    "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry \
     BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry \
     BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
];
const POSTGRES: [&str; 3] = [
    "CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
    "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry \
     FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()",
    "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry \
     FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("audit_entry")
                    .col(big_integer("sequence").primary_key())
                    .col(timestamp_with_time_zone("known_at"))
                    .col(string_len("action", 64))
                    .col(string_len("actor_kind", 16))
                    .col(uuid_null("actor_id"))
                    .col(uuid_null("session_id"))
                    .col(string_len_null("address", 45))
                    .col(string_len_null("trace_id", 64))
                    .col(string_len_null("subject", 200))
                    .col(text_null("before"))
                    .col(text_null("after"))
                    .col(string_len("previous_hash", 64))
                    .col(string_len("hash", 64))
                    .to_owned(),
            )
            .await?;
        // The end of the chain: without it nobody would miss the last rows.
        manager
            .create_table(
                Table::create()
                    .table("audit_head")
                    .col(small_integer("id").primary_key())
                    .col(big_integer("sequence"))
                    .col(string_len("hash", 64))
                    .to_owned(),
            )
            .await?;
        let db = manager.get_connection();
        db.execute_unprepared("INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, '')").await?;
        let triggers: &[&str] =
            if db.get_database_backend() == DbBackend::Postgres { &POSTGRES } else { &SQLITE };
        for trigger in triggers {
            db.execute_unprepared(trigger).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("audit_entry").to_owned()).await?;
        manager.drop_table(Table::drop().table("audit_head").to_owned()).await?;
        let db = manager.get_connection();
        if db.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared("DROP FUNCTION audit_entry_refuse()").await?;
        }
        Ok(())
    }
}
