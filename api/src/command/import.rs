//! `bellwether import`.

use crate::embedded::{self, Imported, Progress, Table};
use clap::{Args, ValueEnum};
use domain::{admin::exchange, market::Symbol};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use platform::{Platform, config::Config, database::DatabaseError};
use std::{
    cell::Cell,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How often progress is printed where there is no terminal.
const LINE_PERIOD: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
pub struct Arguments {
    /// What the files hold.
    table: Kind,
    /// CSV, JSON or JSON lines, plain or gzipped.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The symbol of price files that have no symbol column; default the file's name, such as AAPL.csv.
    #[arg(long)]
    symbol: Option<Symbol>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Prices,
    Posts,
    Stocks,
}

/// Imports the files one after the other; of posts it also finds the mentions and scores them.
pub async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<()> {
    super::log_quietly(config)?;
    let platform = super::prepare(config).await?;
    let table = match arguments.table {
        Kind::Prices => Table::Prices,
        Kind::Posts => Table::Posts,
        Kind::Stocks => Table::Stocks,
    };
    let mut failed = 0;
    for file in &arguments.files {
        let Err(error) = import(&platform, table, file, arguments.symbol.clone()).await else { continue };
        if error.is::<DatabaseError>() {
            // No file has a chance now, nor has scoring.
            anyhow::bail!("{error}; then run the import again to resume");
        }
        eprintln!("error: {error:#}");
        failed += 1;
    }
    if table == Table::Posts {
        score(&platform, config).await?;
    }
    anyhow::ensure!(failed == 0, "{failed} of {} files could not be imported whole", arguments.files.len());
    Ok(())
}

async fn import(
    platform: &Platform,
    table: Table,
    file: &Path,
    symbol: Option<Symbol>,
) -> anyhow::Result<()> {
    let bar = bar()?;
    bar.set_message(file.file_name().unwrap_or_default().to_string_lossy().into_owned());
    let started = Instant::now();
    let printed = Cell::new(started);
    let show = |progress: Progress| {
        bar.set_length(progress.bytes_total);
        bar.set_position(progress.bytes_read);
        bar.set_prefix(rate(progress.rows, started.elapsed()));
        if bar.is_hidden() && printed.get().elapsed() >= LINE_PERIOD {
            printed.set(Instant::now());
            let percent = 100 * progress.bytes_read / progress.bytes_total.max(1);
            println!("{percent} %, {} rows", HumanCount(progress.rows as u64));
        }
    };
    let imported = embedded::import(platform, table, file, symbol, show).await;
    bar.finish_and_clear();
    let imported = imported?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    exchange::record_import(platform, table, &name).await.map_err(|error| DatabaseError::failed(&error))?;
    print(file, &imported, started.elapsed());
    imported.broken.map_or(Ok(()), |error| Err(error.into()))
}

async fn score(platform: &Platform, config: &Config) -> anyhow::Result<()> {
    let started = Instant::now();
    let spinner = ProgressBar::new_spinner();
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner.set_message("finding mentions and scoring");
    embedded::score_posts(platform, config).await?;
    spinner.finish_and_clear();
    println!("scored all posts in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

fn bar() -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent} % {prefix} {eta} left")?;
    Ok(ProgressBar::new(1).with_style(style))
}

fn rate(rows: usize, elapsed: Duration) -> String {
    format!("{:.0} rows/s", rows as f64 / elapsed.as_secs_f64().max(1e-3))
}

fn print(file: &Path, imported: &Imported, elapsed: Duration) {
    println!("{}", file.display());
    let line =
        |name: &str, count: usize| println!("  {name:<32} {:>12}", HumanCount(count as u64).to_string());
    line("read", imported.read);
    line("stored", imported.stored);
    if imported.revised > 0 {
        line("revised", imported.revised);
    }
    line("unchanged", imported.unchanged);
    line("rejected", imported.rejected_count());
    for (reason, count) in &imported.rejected {
        line(&format!("  {reason}"), *count);
    }
    if let Some(rejected) = &imported.rejected_file {
        println!("  rejected rows: {}", rejected.display());
    }
    if !imported.unknown_columns.is_empty() {
        println!("  columns not understood: {}", imported.unknown_columns.join(", "));
    }
    println!("  {:.1} s, {}", elapsed.as_secs_f64(), rate(imported.read, elapsed));
}
