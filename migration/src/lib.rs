//! The schema's history: one concern per file, each with its way back.
//!
//! Migrations never import entities: what an entity is today says nothing about what a table was then.

#![allow(clippy::wildcard_imports, reason = "the schema's words are a language of their own")]

use sea_orm_migration::{
    MigrationStatus,
    prelude::*,
    sea_orm::{
        DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions,
        TransactionTrait as _,
    },
};
pub use sea_orm_migration::{MigrationTrait, MigratorTrait, SchemaManager};
use std::fmt;

mod m20261120_100000_create_stock;
mod m20261120_100100_create_price_bar;
mod m20261120_100200_create_quote;
mod m20261120_100300_create_watchlist_entry;
mod m20261120_100400_create_post;
mod m20261120_100500_create_mention;
mod m20261120_100600_create_sentiment;
mod m20261120_100700_create_event;
mod m20261120_100800_create_job;
mod m20261120_100900_create_setting;
mod m20261120_101000_create_log_entry;
mod m20261121_100000_create_data_key;
mod m20261121_100100_create_account;
mod m20261121_100200_create_session;
mod m20261121_100300_create_api_key;
mod m20261121_100400_create_one_time_token;
mod m20261121_100500_create_signing_key;
mod m20261121_100600_create_audit_entry;
mod m20261121_100700_add_job_deaths;
mod m20261121_100800_add_post_erased_at;
mod m20261121_100900_create_provider_credential;
mod m20261121_111000_create_idempotency_key;
mod m20261121_112000_create_archive;
mod m20261121_113000_add_account_totp_next_secret;
mod m20261121_113100_create_provider_state;
mod m20261121_113200_add_provider_credential_reminder;
mod m20261121_114000_guard_audit_entry;
mod m20261122_090000_create_post_quality;
mod m20261122_090100_add_sentiment_record_weight;
mod m20261122_090200_create_post_copy;
mod m20261122_100000_create_provider_usage;
mod m20261122_100100_add_provider_state_breaker;
mod m20261122_100200_create_collection_mark;
mod m20261122_100300_index_post_url;
mod m20261122_100400_create_scrape;
mod m20261122_200001_create_corporate_action;
mod m20261122_200002_create_price_finding;
mod m20261122_210000_create_model_evaluation;
mod m20261123_100000_create_audience;
mod m20261123_110000_create_feature_snapshot;
mod m20261124_100000_create_forecast_model;
mod m20261124_100100_create_prediction;
mod m20261124_100200_create_drift_report;
mod m20261125_100000_add_forecast_model_percent;
mod m20261125_100100_create_forecast_loss;

/// Where the applied migrations are listed.
const TABLE: &str = "seaql_migrations";
/// "bellweth" in ASCII: the advisory lock of whoever moves the schema.
const LOCK: i64 = 0x6265_6c6c_7765_7468;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261120_100000_create_stock::Migration),
            Box::new(m20261120_100100_create_price_bar::Migration),
            Box::new(m20261120_100200_create_quote::Migration),
            Box::new(m20261120_100300_create_watchlist_entry::Migration),
            Box::new(m20261120_100400_create_post::Migration),
            Box::new(m20261120_100500_create_mention::Migration),
            Box::new(m20261120_100600_create_sentiment::Migration),
            Box::new(m20261120_100700_create_event::Migration),
            Box::new(m20261120_100800_create_job::Migration),
            Box::new(m20261120_100900_create_setting::Migration),
            Box::new(m20261120_101000_create_log_entry::Migration),
            Box::new(m20261121_100000_create_data_key::Migration),
            Box::new(m20261121_100100_create_account::Migration),
            Box::new(m20261121_100200_create_session::Migration),
            Box::new(m20261121_100300_create_api_key::Migration),
            Box::new(m20261121_100400_create_one_time_token::Migration),
            Box::new(m20261121_100500_create_signing_key::Migration),
            Box::new(m20261121_100600_create_audit_entry::Migration),
            Box::new(m20261121_100700_add_job_deaths::Migration),
            Box::new(m20261121_100800_add_post_erased_at::Migration),
            Box::new(m20261121_100900_create_provider_credential::Migration),
            Box::new(m20261121_111000_create_idempotency_key::Migration),
            Box::new(m20261121_112000_create_archive::Migration),
            Box::new(m20261121_113000_add_account_totp_next_secret::Migration),
            Box::new(m20261121_113100_create_provider_state::Migration),
            Box::new(m20261121_113200_add_provider_credential_reminder::Migration),
            Box::new(m20261121_114000_guard_audit_entry::Migration),
            Box::new(m20261122_090000_create_post_quality::Migration),
            Box::new(m20261122_090100_add_sentiment_record_weight::Migration),
            Box::new(m20261122_090200_create_post_copy::Migration),
            Box::new(m20261122_100000_create_provider_usage::Migration),
            Box::new(m20261122_100100_add_provider_state_breaker::Migration),
            Box::new(m20261122_100200_create_collection_mark::Migration),
            Box::new(m20261122_100300_index_post_url::Migration),
            Box::new(m20261122_100400_create_scrape::Migration),
            Box::new(m20261122_200001_create_corporate_action::Migration),
            Box::new(m20261122_200002_create_price_finding::Migration),
            Box::new(m20261122_210000_create_model_evaluation::Migration),
            Box::new(m20261123_100000_create_audience::Migration),
            Box::new(m20261123_110000_create_feature_snapshot::Migration),
            Box::new(m20261124_100000_create_forecast_model::Migration),
            Box::new(m20261124_100100_create_prediction::Migration),
            Box::new(m20261124_100200_create_drift_report::Migration),
            Box::new(m20261125_100000_add_forecast_model_percent::Migration),
            Box::new(m20261125_100100_create_forecast_loss::Migration),
        ]
    }
}

/// Why the schema can't be moved.
#[derive(Debug)]
pub enum MigrationError {
    /// The database has migrations that this version does not know.
    Newer(String),
    Db(DbErr),
}

impl std::error::Error for MigrationError {}

impl fmt::Display for MigrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer(name) => write!(
                f,
                "the database is from a newer version (it has {name}); update Bellwether, or point DATABASE_URL elsewhere"
            ),
            Self::Db(error) => write!(f, "cannot bring the database's schema up to date: {error}"),
        }
    }
}

impl From<DbErr> for MigrationError {
    fn from(error: DbErr) -> Self {
        Self::Db(error)
    }
}

/// Applies all migrations that are missing, all or none; of several processes one does it, and the others wait.
pub async fn up(db: &DatabaseConnection) -> Result<(), MigrationError> {
    if is_up_to_date(db).await? {
        return Ok(());
    }
    let txn = lock(db).await?;
    refuse_newer(&txn).await?;
    Migrator::up(&txn, None).await?;
    Ok(txn.commit().await?)
}

/// Takes back the last `steps` migrations, all or none.
pub async fn down(db: &DatabaseConnection, steps: u32) -> Result<(), MigrationError> {
    let txn = lock(db).await?;
    refuse_newer(&txn).await?;
    Migrator::down(&txn, Some(steps)).await?;
    Ok(txn.commit().await?)
}

/// All migrations with whether they are applied, oldest first.
pub async fn status(db: &DatabaseConnection) -> Result<Vec<(String, bool)>, MigrationError> {
    refuse_newer(db).await?;
    let migrations = Migrator::get_migration_with_status(db).await?;
    let applied =
        |migration: &sea_orm_migration::migrator::Migration| migration.status() == MigrationStatus::Applied;
    Ok(migrations.iter().map(|migration| (migration.name().to_owned(), applied(migration))).collect())
}

/// Only reads, so that a start need not wait for who writes.
async fn is_up_to_date(db: &DatabaseConnection) -> Result<bool, MigrationError> {
    if !SchemaManager::new(db).has_table(TABLE).await? {
        return Ok(false);
    }
    refuse_newer(db).await?;
    Ok(Migrator::get_pending_migrations(db).await?.is_empty())
}

/// Begins a transaction that keeps other processes from moving the schema.
async fn lock(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    // SQLite needs the write lock from the start; PostgreSQL, where tables don't exist yet, a lock by number.
    let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
    let options = TransactionOptions { sqlite_transaction_mode, ..Default::default() };
    let txn = db.begin_with_options(options).await?;
    if txn.get_database_backend() == DbBackend::Postgres {
        txn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    }
    Ok(txn)
}

async fn refuse_newer(db: &impl ConnectionTrait) -> Result<(), MigrationError> {
    let known = Migrator::get_migration_files();
    let applied = Migrator::get_migration_models(db).await?;
    match applied.into_iter().find(|row| !known.iter().any(|migration| migration.name() == row.version)) {
        Some(row) => Err(MigrationError::Newer(row.version)),
        None => Ok(()),
    }
}
