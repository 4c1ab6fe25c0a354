//! Files into tables: read on one thread, stored in batches, each batch one transaction.
//!
//! A batch is stored whole or not at all, and stored rows count as unchanged, so a killed import is resumed by running
//! it again.

mod read;
mod rejected;

use crate::source::file::{self, FileError, Input, Options, Reason, Row, Rows, Shape};
pub use domain::admin::import_report::Example;
use domain::{
    Knowledge, SourceKind,
    market::{NewBar, NewStock, Symbol, price, stock},
    news::{NewPost, post},
};
use platform::{Platform, database::DatabaseError};
use read::{Reading, Tally};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use tokio::task::spawn_blocking;

/// What a file holds.
pub use domain::admin::exchange::Table;

/// How far an import has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// Bytes of the file, as it lies on the disk.
    pub bytes_read: u64,
    pub bytes_total: u64,
    /// Rows stored or found unchanged so far.
    pub rows: usize,
}

/// What became of a file.
#[derive(Debug, Default)]
pub struct Imported {
    pub read: usize,
    pub stored: usize,
    /// Rows that say something new of what was known; the old version stays readable.
    pub revised: usize,
    pub unchanged: usize,
    pub rejected: BTreeMap<Reason, usize>,
    /// The first rejected rows of each reason.
    pub examples: BTreeMap<Reason, Vec<Example>>,
    /// Where all rejected rows are, if that was wanted.
    pub rejected_file: Option<PathBuf>,
    /// Columns that were not understood, and not read.
    pub unknown_columns: Vec<String>,
    /// Why the file could not be read to its end; what came before is stored.
    pub broken: Option<FileError>,
}

impl Imported {
    pub fn rejected_count(&self) -> usize {
        self.rejected.values().sum()
    }
}

/// Imports the file at `path`, and writes the rejected rows into a file beside it.
///
/// # Errors
/// A `FileError` when nothing of the file can be read; a `DatabaseError` when rows can't be stored.
pub async fn import(
    platform: &Platform,
    table: Table,
    path: &Path,
    symbol: Option<Symbol>,
    progress: impl Fn(Progress),
) -> anyhow::Result<Imported> {
    let (file, beside) = (path.to_owned(), Some(path.to_owned()));
    read(platform, table, move || Input::open(&file), beside, symbol, progress).await
}

/// Imports what `open` opens, on a thread where reading is no harm; rejected rows go into a file `beside` it, if any.
pub async fn read(
    platform: &Platform,
    table: Table,
    open: impl FnOnce() -> Result<Input, FileError> + Send + 'static,
    beside: Option<PathBuf>,
    symbol: Option<Symbol>,
    progress: impl Fn(Progress),
) -> anyhow::Result<Imported> {
    let options = Options { symbol, ..Options::new(platform.clock.now()) };
    match table {
        Table::Prices => {
            let rows = spawn_blocking(move || file::prices(open()?, &options)).await??;
            flow(platform, rows, beside, 20_000, progress).await
        }
        Table::Posts => {
            let rows = spawn_blocking(move || file::posts(open()?, &options)).await??;
            flow(platform, rows, beside, 5_000, progress).await
        }
        Table::Stocks => {
            let rows = spawn_blocking(move || file::stocks(open()?)).await??;
            flow(platform, rows, beside, 20_000, progress).await
        }
    }
}

/// Rows that know how to store themselves.
trait Stored: Sized + Send + 'static {
    /// Stores a batch; returns how many were added, revised and unchanged.
    fn store(
        platform: &Platform,
        batch: &[Self],
    ) -> impl Future<Output = anyhow::Result<(usize, usize, usize)>> + Send;
}

impl Stored for NewBar {
    async fn store(platform: &Platform, batch: &[Self]) -> anyhow::Result<(usize, usize, usize)> {
        let stored = price::store(platform, batch, SourceKind::File, Knowledge::Historical).await?;
        Ok((stored.added, stored.revised, stored.unchanged))
    }
}

impl Stored for NewPost {
    async fn store(platform: &Platform, batch: &[Self]) -> anyhow::Result<(usize, usize, usize)> {
        let stored = post::store(platform, batch, Knowledge::Historical).await?;
        Ok((stored.added, 0, stored.unchanged))
    }
}

impl Stored for NewStock {
    async fn store(platform: &Platform, batch: &[Self]) -> anyhow::Result<(usize, usize, usize)> {
        let stored = stock::store(platform, batch).await?;
        Ok((stored.added, stored.changed, stored.unchanged))
    }
}

async fn flow<S>(
    platform: &Platform,
    rows: Rows<S>,
    beside: Option<PathBuf>,
    batch: usize,
    progress: impl Fn(Progress),
) -> anyhow::Result<Imported>
where
    S: Shape + Send + 'static,
    S::Item: Stored,
{
    let bytes = rows.progress();
    let mut reading = Reading::start(rows, beside, batch);
    let mut imported = Imported::default();
    while let Some(batch) = reading.next().await {
        let stored = S::Item::store(platform, &batch).await;
        let (added, revised, unchanged) = stored.map_err(|error| DatabaseError::failed(&error))?;
        imported.stored += added;
        imported.revised += revised;
        imported.unchanged += unchanged;
        let rows = imported.stored + imported.revised + imported.unchanged;
        progress(Progress { bytes_read: bytes.read(), bytes_total: bytes.total(), rows });
    }
    let Tally { read, rejected, examples, rejected_file, unknown_columns, broken } = reading.finish().await?;
    Ok(Imported { read, rejected, examples, rejected_file, unknown_columns, broken, ..imported })
}
