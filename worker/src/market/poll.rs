//! Asks vendors for quotes, one symbol at a time, where age costs most.

use crate::{
    Env,
    interest::interest,
    source::{
        QuoteSource, VendorError,
        budget::{Candidate, Purse, choose},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::market::{
    Symbol,
    quote::{self, Quote},
    watchlist,
};
use entity::SourceKind;
use platform::calendar::Calendar;
use sea_orm::ActiveEnum as _;
use std::{collections::HashMap, slice, sync::Arc, time::Duration};
use tracing::{debug, warn};

const PERIOD: Duration = Duration::from_secs(5);
/// Then sources and the watch-list are looked at anew.
const MOST_AT_A_TIME: usize = 20;
/// A quote is asked for again after so long at the earliest; trades are followed besides.
const DUE: TimeDelta = TimeDelta::minutes(1);
/// After the bell the last trades come in.
const SETTLED: TimeDelta = TimeDelta::minutes(5);

/// What one stream remembers.
#[derive(Debug, Default)]
pub struct Memory {
    /// When each symbol was asked for last, whether anything came of it or not.
    asked_at: HashMap<Symbol, DateTime<Utc>>,
    purses: HashMap<SourceKind, Purse>,
}

/// Polls until the job ends.
pub(super) async fn poll(env: &Env) -> anyhow::Result<()> {
    let mut memory = Memory::default();
    loop {
        round(env, &mut memory).await?;
        tokio::time::sleep(PERIOD).await;
    }
}

/// One round: asks for the symbols that are stalest and matter most, as far as budgets allow.
pub async fn round(env: &Env, memory: &mut Memory) -> anyhow::Result<()> {
    let sources = env.sources().await?.quotes;
    if sources.is_empty() {
        return Ok(());
    }
    let mut calls = HashMap::new();
    for source in &sources {
        calls.insert(source.kind(), allowance(env, memory, source.kind()).await?);
    }
    let most = calls.values().copied().max().unwrap_or(0).min(MOST_AT_A_TIME);
    for symbol in choose(due(env, memory).await?, most) {
        memory.asked_at.insert(symbol.clone(), env.platform.clock.now());
        ask(env, memory, &sources, &mut calls, &symbol).await?;
    }
    Ok(())
}

async fn allowance(env: &Env, memory: &mut Memory, kind: SourceKind) -> anyhow::Result<usize> {
    let left = env.vendors().budget_left(kind).await?;
    let now = env.platform.clock.now();
    let purse = memory.purses.entry(kind).or_insert_with(|| Purse::new(now));
    // Half of it: bars and news want their part.
    Ok(purse.open(now, left.map(|left| left / 2)))
}

/// The watched symbols by how old their quotes are, counted in time in which there is something new.
async fn due(env: &Env, memory: &Memory) -> anyhow::Result<Vec<Candidate>> {
    let (db, now) = (env.platform.db.connection(), env.platform.clock.now());
    let symbols = watchlist::symbols(db).await?;
    // A trade makes a quote of which little is known: the rest is still to be asked for.
    let is_whole = |quote: &Quote| quote.source != SourceKind::Simulated && quote.previous_close.is_some();
    let quotes = quote::all(db).await?.into_iter().filter(is_whole);
    let as_of: HashMap<Symbol, DateTime<Utc>> =
        quotes.map(|quote| (quote.symbol.clone(), quote.as_of)).collect();
    let interest = interest(db, &symbols, now).await?;
    let calendar = Calendar::new_york();
    let newest = if calendar.is_open(now) { now } else { calendar.last_closed_session(now).close + SETTLED };
    let candidate = |symbol: Symbol| {
        let seen = as_of.get(&symbol).max(memory.asked_at.get(&symbol)).copied();
        let age = seen.map_or(TimeDelta::days(1), |seen| newest.min(now) - seen);
        let interest = interest.get(&symbol).copied().unwrap_or(1.0);
        Candidate { symbol, staleness: age - DUE, interest }
    };
    Ok(symbols.into_iter().map(candidate).collect())
}

/// Stores what was asked for, with the trades that came since.
async fn store(env: &Env, quotes: Vec<Quote>) -> anyhow::Result<()> {
    let known = quote::all(env.platform.db.connection()).await?;
    let find = |quote: &Quote| known.iter().find(|known| known.symbol == quote.symbol);
    let complete = |quote: Quote| match find(&quote) {
        Some(known) => quote.brought_to(known),
        None => quote,
    };
    let quotes: Vec<Quote> = quotes.into_iter().map(complete).collect();
    Ok(quote::store(&env.platform, &quotes).await?)
}

/// Asks one source after the other until one knows the symbol.
async fn ask(
    env: &Env,
    memory: &mut Memory,
    sources: &[Arc<dyn QuoteSource>],
    calls: &mut HashMap<SourceKind, usize>,
    symbol: &Symbol,
) -> anyhow::Result<()> {
    for source in sources {
        let left = calls.entry(source.kind()).or_default();
        if *left == 0 {
            continue;
        }
        let found = source.quotes(slice::from_ref(symbol), env.platform.clock.now()).await;
        if !matches!(found, Err(VendorError::Resting(_) | VendorError::BudgetSpent(_))) {
            *left = left.saturating_sub(1);
            memory.purses.entry(source.kind()).and_modify(|purse| purse.spend(1));
        }
        let kind = source.kind().to_value();
        match found {
            Ok(quotes) if quotes.is_empty() => {}
            Ok(quotes) => return store(env, quotes).await,
            // It was told when it began.
            Err(error @ (VendorError::Resting(_) | VendorError::BudgetSpent(_))) => {
                debug!(%error, source = kind, "The next source is asked");
            }
            Err(error) => warn!(%error, source = kind, stock.symbol = %symbol, "Could not fetch a quote"),
        }
    }
    Ok(())
}
