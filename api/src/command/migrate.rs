//! `bellwether migrate`.

use clap::{Args, Subcommand};
use platform::{Platform, config::Config};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    direction: Direction,
}

#[derive(Debug, Subcommand)]
enum Direction {
    /// Apply all migrations that are missing.
    Up,
    /// Take back the last migrations; this deletes what their tables hold.
    Down {
        /// How many.
        #[arg(default_value_t = 1)]
        steps: u32,
    },
    /// Show which migrations are applied.
    Status,
}

/// Moves the schema, or shows where it is.
pub async fn run(arguments: &Arguments, config: &Config) -> anyhow::Result<()> {
    super::log_quietly(config)?;
    let platform = Platform::connect(config).await?;
    let db = platform.db.connection();
    match arguments.direction {
        Direction::Up => migration::up(db).await?,
        Direction::Down { steps } => migration::down(db, steps).await?,
        Direction::Status => {}
    }
    for (name, applied) in migration::status(db).await? {
        println!("{} {name}", if applied { "applied" } else { "missing" });
    }
    Ok(())
}
