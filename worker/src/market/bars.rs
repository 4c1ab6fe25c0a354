//! The bars of one symbol from whoever can give them.

use crate::source::{History, PriceSource, VendorError};
use chrono::NaiveDate;
use domain::market::Symbol;
use entity::SourceKind;
use sea_orm::ActiveEnum as _;
use std::{ops::RangeInclusive, slice, sync::Arc};
use tracing::debug;

/// Asks one source after the other until one has bars; `None` if none has, an error if that is because of a failure.
///
/// A source that is left alone for now, or has spent its budget, fails without being called: the next one steps in at
/// once, and the first comes back by itself.
pub(super) async fn fetch(
    sources: &[Arc<dyn PriceSource>],
    symbol: &Symbol,
    days: &RangeInclusive<NaiveDate>,
) -> Result<Option<(SourceKind, History)>, VendorError> {
    let mut failure = None;
    for source in sources {
        match source.bars(slice::from_ref(symbol), days.clone()).await {
            Ok(history) if !history.bars.is_empty() => return Ok(Some((source.kind(), history))),
            Ok(_) => {}
            Err(error) => {
                debug!(%error, source = source.kind().to_value(), "The next source is asked");
                failure = Some(error);
            }
        }
    }
    failure.map_or(Ok(None), Err)
}
