//! `bellwether export`.

use crate::embedded::{self, Export};
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use domain::market::Symbol;
use platform::config::Config;
use std::{
    fs::File,
    io::{self, BufWriter, Write, stdout},
    path::PathBuf,
};

#[derive(Debug, Args)]
pub struct Arguments {
    /// What to export.
    table: Kind,
    /// Only this stock; posts are always exported whole.
    #[arg(long)]
    symbol: Option<Symbol>,
    /// Where to; default standard output.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Prices,
    Posts,
    Sentiment,
    Stocks,
}

/// Writes the table as CSV.
pub async fn run(arguments: &Arguments, config: &Config) -> anyhow::Result<()> {
    super::log_quietly(config)?;
    let platform = super::prepare(config).await?;
    let what = match arguments.table {
        Kind::Prices => Export::Prices,
        Kind::Posts => Export::Posts,
        Kind::Sentiment => Export::Sentiment,
        Kind::Stocks => Export::Stocks,
    };
    let to: Box<dyn Write + Send> = match &arguments.out {
        None => Box::new(stdout()),
        Some(path) => {
            Box::new(File::create(path).with_context(|| format!("cannot write {}", path.display()))?)
        }
    };
    match embedded::export(&platform, what, arguments.symbol.as_ref(), BufWriter::new(to)).await {
        Ok(count) => eprintln!("{count} rows"),
        // Who reads, such as `head`, has enough.
        Err(error) if is_broken_pipe(&error) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
