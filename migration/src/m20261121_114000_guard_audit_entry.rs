//! `INSERT OR REPLACE` deletes without asking the triggers on DELETE: on SQLite an entry's number is taken once for all.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

const UP: &str = "CREATE TRIGGER audit_entry_no_replace BEFORE INSERT ON audit_entry \
                  WHEN EXISTS (SELECT 1 FROM audit_entry WHERE sequence = NEW.sequence) \
                  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // PostgreSQL's upsert is an UPDATE, which is refused already.
        if manager.get_database_backend() == DbBackend::Sqlite {
            manager.get_connection().execute_unprepared(UP).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Sqlite {
            manager.get_connection().execute_unprepared("DROP TRIGGER audit_entry_no_replace").await?;
        }
        Ok(())
    }
}
