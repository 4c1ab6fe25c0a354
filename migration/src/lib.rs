//! The schema's history: one concern per file, each with its way back.
//!
//! Migrations never import entities: what an entity is today says nothing about what a table was then.

pub use sea_orm_migration::{MigrationTrait, MigratorTrait, SchemaManager};

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
