//! Reads documents, and knows those that it read lately: clients send the same few over and over.

use super::{shape, text};
use async_graphql::{
    ServerError,
    parser::{parse_query, types::ExecutableDocument},
};
use moka::sync::Cache;
use std::sync::Arc;

/// Of all documents that are known, in bytes.
const LARGEST: u64 = 32 * 1024 * 1024;
/// What a token takes once it is read, at most.
const BYTES_OF_TOKEN: usize = 450;

/// Knows documents by their texts; clones share them.
#[derive(Clone, Debug)]
pub struct Reader(Cache<String, Known>);

#[derive(Clone, Debug)]
struct Known {
    document: Arc<ExecutableDocument>,
    bytes: u32,
}

impl Default for Reader {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(LARGEST).weigher(|_, known: &Known| known.bytes).build())
    }
}

impl Reader {
    /// What [`parse`] makes of a text.
    pub fn read(&self, text: &str) -> Result<Arc<ExecutableDocument>, Vec<ServerError>> {
        if let Some(known) = self.0.get(text) {
            return Ok(known.document);
        }
        let (document, tokens) = parse(text)?;
        let document = Arc::new(document);
        let bytes = u32::try_from(text.len() + tokens * BYTES_OF_TOKEN).unwrap_or(u32::MAX);
        self.0.insert(text.to_owned(), Known { document: document.clone(), bytes });
        Ok(document)
    }
}

/// The document of a text, if it is one and not too large, and how many tokens it has.
///
/// # Errors
/// All that is wrong with it, at least one.
pub fn parse(text: &str) -> Result<(ExecutableDocument, usize), Vec<ServerError>> {
    let tokens = text::scan(text)?;
    let plain = text::with_plain_escapes(text)?;
    let document = parse_query(plain.as_deref().unwrap_or(text));
    let document = document.map_err(|error| vec![unreadable(error.into())])?;
    shape::measure(&document)?;
    Ok((document, tokens))
}

/// A syntax error in one line, without the document's own lines, which may be long.
fn unreadable(mut error: ServerError) -> ServerError {
    let expected = error.message.rsplit("= ").next().unwrap_or_default();
    error.message = match error.locations.first() {
        Some(place) => format!("syntax error in line {}, column {}: {expected}", place.line, place.column),
        None => format!("syntax error: {expected}"),
    };
    error
}
