//! Files as a source: rows of prices, posts and stocks out of CSV, JSON lines and JSON arrays, gzipped or not.
//!
//! Owns what a file may look like: which column names are understood, how numbers and dates are written, and the
//! reasons for which a row is rejected. Rows stream; what grows with the file is only the memory of what was seen, a
//! few bytes per row.
//!
//! Never guesses: a column it does not know is named and left out, a value it can't read rejects its row. Never stops
//! at a bad row: only an unreadable file ends an import early.

mod column;
mod date;
mod error;
mod fingerprint;
mod input;
mod json;
mod labelled;
mod number;
mod post;
mod price;
mod reader;
mod reason;
mod rows;
mod separated;
mod stock;
#[cfg(test)]
mod tests;

pub use error::{FileError, MissingColumn};
pub use input::{Input, Progress};
pub use labelled::{Labelled, LabelledRows};
pub use post::PostRows;
pub use price::PriceRows;
pub use reason::Reason;
pub use rows::{Row, Rows, Shape};
pub use stock::StockRows;

pub(super) use fingerprint::fingerprint;

use self::{post::PostShape, price::PriceShape, stock::StockShape};
use chrono::{DateTime, Utc};
use domain::market::Symbol;
use entity::SourceKind;

/// What the rows of a file can't say themselves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The symbol of a price file without a symbol column; without it the file's name counts, such as `AAPL.csv`.
    pub symbol: Option<Symbol>,
    /// The source under which posts are stored.
    pub source: SourceKind,
    /// The time after which a bar can't be true yet.
    pub now: DateTime<Utc>,
}

impl Options {
    /// No symbol, and posts from `FILE`.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self { symbol: None, source: SourceKind::File, now }
    }
}

/// Reads a file of daily bars.
pub fn prices(input: Input, options: &Options) -> Result<PriceRows, FileError> {
    let symbol = options.symbol.clone().or_else(|| input.symbol());
    Rows::new(input, PriceShape::new(symbol, options.now))
}

/// Reads a file of posts, articles or headlines.
pub fn posts(input: Input, options: &Options) -> Result<PostRows, FileError> {
    Rows::new(input, PostShape::new(options.source, options.now))
}

/// Reads a list of stocks.
pub fn stocks(input: Input) -> Result<StockRows, FileError> {
    Rows::new(input, StockShape::default())
}

/// Reads texts that people have labelled.
pub fn labelled(input: Input) -> Result<LabelledRows, FileError> {
    Rows::new(input, labelled::LabelledShape)
}

/// Whether a row says of itself that the simulation made it, as exports do.
fn is_simulated(source: Option<&[u8]>) -> bool {
    source == Some(b"SIMULATED".as_slice())
}
