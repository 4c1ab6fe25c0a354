//! The schema's history: one concern per file, each with its way back.
//!
//! Migrations never import entities: what an entity is today says nothing about what a table was then.

#![allow(clippy::wildcard_imports, reason = "the schema's words are a language of their own")]

use sea_orm_migration::{MigrationStatus, prelude::*, sea_orm::DatabaseConnection};
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

/// Applies all migrations that are missing.
pub async fn up(db: &DatabaseConnection) -> Result<(), MigrationError> {
    refuse_newer(db).await?;
    Ok(Migrator::up(db, None).await?)
}

/// Takes back the last `steps` migrations.
pub async fn down(db: &DatabaseConnection, steps: u32) -> Result<(), MigrationError> {
    refuse_newer(db).await?;
    Ok(Migrator::down(db, Some(steps)).await?)
}

/// All migrations with whether they are applied, oldest first.
pub async fn status(db: &DatabaseConnection) -> Result<Vec<(String, bool)>, MigrationError> {
    refuse_newer(db).await?;
    let migrations = Migrator::get_migration_with_status(db).await?;
    let applied =
        |migration: &sea_orm_migration::migrator::Migration| migration.status() == MigrationStatus::Applied;
    Ok(migrations.iter().map(|migration| (migration.name().to_owned(), applied(migration))).collect())
}

async fn refuse_newer(db: &DatabaseConnection) -> Result<(), MigrationError> {
    Migrator::install(db).await?;
    let known = Migrator::get_migration_files();
    let applied = Migrator::get_migration_models(db).await?;
    match applied.into_iter().find(|row| !known.iter().any(|migration| migration.name() == row.version)) {
        Some(row) => Err(MigrationError::Newer(row.version)),
        None => Ok(()),
    }
}
