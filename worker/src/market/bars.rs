//! The bars of one symbol from whoever can give them, and what happened to its shares.

use crate::{
    Env,
    source::{Change, History, PriceSource, VendorError},
};
use chrono::NaiveDate;
use domain::{
    Knowledge,
    market::{
        Symbol,
        action::{self, NewAction, Terms},
        price::{self, Stored},
        stock,
    },
};
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

/// Stores what a source says: its bars, and the splits and dividends, on the basis of its own closes.
pub(super) async fn store(
    env: &Env,
    source: SourceKind,
    history: &History,
    knowledge: Knowledge,
) -> anyhow::Result<Stored> {
    let stored = price::store(&env.platform, &history.bars, source, knowledge).await?;
    if !history.actions.is_empty() {
        let ids = stock::ids_by_symbol(env.platform.db.connection()).await?;
        let actions = history.actions.iter().filter_map(|action| {
            let stock = *ids.get(action.symbol.as_str())?;
            Some(NewAction { stock, ex_date: action.day, terms: terms(action.change) })
        });
        action::store(&env.platform, &actions.collect::<Vec<_>>(), source, knowledge).await?;
    }
    Ok(stored)
}

fn terms(change: Change) -> Terms {
    match change {
        Change::Split { numerator, denominator } => Terms::Split { new: numerator, old: denominator },
        Change::Dividend(cash) => Terms::Dividend { cash },
    }
}
