//! Fetches the daily bars that are missing at the end.

use super::bars;
use crate::{
    Env,
    interest::interest,
    source::{
        History, PriceSource, VendorError,
        budget::{Candidate, choose, share},
    },
};
use anyhow::Context as _;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::{
    Knowledge,
    market::{BackfillPrices, CollectPrices, Symbol, price, stock, watchlist},
    news::mark,
};
use entity::SourceKind;
use jobs::{JobContext, Run};
use platform::calendar::Calendar;
use std::{collections::HashMap, sync::Arc};
use tracing::{info, warn};

/// Sources restate their last bars, so some are fetched again.
const OVERLAP: Days = Days::new(7);
/// Hundredths of a budget's rest for bars: they are the base of all the rest, and each is fetched once.
const SHARE: i64 = 50;

/// What brought nothing new is asked for again after so long: an unknown symbol must not eat a day's budget.
const IN_VAIN: TimeDelta = TimeDelta::hours(6);

/// The newest real bar of each symbol, and who gave it.
pub(super) type Newest = HashMap<Symbol, (DateTime<Utc>, SourceKind)>;

#[async_trait::async_trait]
impl Run<Env> for CollectPrices {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let symbols = watchlist::symbols(env.platform.db.connection()).await?;
        let sources = env.sources().await?;
        if let Some(market) = sources.simulated {
            simulate(env, market.as_ref(), &symbols).await?;
        }
        if !sources.prices.is_empty() {
            collect(env, &sources.prices, &symbols).await?;
        }
        Ok(())
    }
}

async fn simulate(env: &Env, market: &dyn PriceSource, symbols: &[Symbol]) -> anyhow::Result<()> {
    let today = env.platform.clock.now().date_naive();
    let newest = price::newest(env.platform.db.connection(), market.kind()).await?;
    let first = newest.map_or(today, |newest| newest.date_naive()) - OVERLAP;
    let bars = market.bars(symbols, first..=today).await?.bars;
    let stored = price::store(&env.platform, &bars, market.kind(), Knowledge::Observed).await?;
    info!(bar.added = stored.added, bar.revised = stored.revised, "Stored {} new bars", stored.added);
    Ok(())
}

/// Fetches what is due from vendors; one symbol's failure keeps no other waiting.
async fn collect(env: &Env, sources: &[Arc<dyn PriceSource>], symbols: &[Symbol]) -> anyhow::Result<()> {
    let newest = newest(env, symbols).await?;
    let first = sources[0].kind();
    let due = due(env, symbols, &newest, first).await?;
    let calls = calls(env, sources).await?;
    let (mut added, mut failure) = (0, None);
    for symbol in choose(due, calls) {
        let known = newest.get(&symbol).copied();
        match update(env, sources, &symbol, known).await? {
            Ok(0) => {
                let now = env.platform.clock.now();
                mark::set(env.platform.db.connection(), first, &[topic(&symbol)], now).await?;
            }
            Ok(bars) => added += bars,
            Err(error) => {
                warn!(%error, stock.symbol = %symbol, "Could not fetch bars of {symbol}");
                failure = Some(error).filter(VendorError::may_pass).or(failure);
            }
        }
    }
    info!(bar.added = added, "Stored {added} new bars of vendors");
    failure.map_or(Ok(()), |error| Err(error).context("failed to fetch bars"))
}

pub(super) async fn newest(env: &Env, symbols: &[Symbol]) -> anyhow::Result<Newest> {
    let db = env.platform.db.connection();
    let ids = stock::ids_by_symbol(db).await?;
    let stocks: Vec<_> = symbols.iter().filter_map(|symbol| ids.get(symbol.as_str()).copied()).collect();
    let newest = price::newest_real(db, &stocks).await?;
    let of = |symbol: &Symbol| Some((symbol.clone(), *newest.get(ids.get(symbol.as_str())?)?));
    Ok(symbols.iter().filter_map(of).collect())
}

/// The symbols that lack a closed session, by how much and how many care.
async fn due(
    env: &Env,
    symbols: &[Symbol],
    newest: &Newest,
    first: SourceKind,
) -> anyhow::Result<Vec<Candidate>> {
    let now = env.platform.clock.now();
    let in_vain = mark::of(env.platform.db.connection(), first).await?;
    let last = Calendar::new_york().last_closed_session(now).day;
    let interest = interest(env.platform.db.connection(), symbols, now).await?;
    let candidate = |symbol: &Symbol| {
        let day = newest.get(symbol).map_or(NaiveDate::MIN, |(time, _)| time.date_naive());
        let age = (last - day).min(chrono::TimeDelta::days(i64::from(env.history_days)));
        let interest = interest.get(symbol).copied().unwrap_or(1.0);
        Candidate { symbol: symbol.clone(), staleness: age, interest }
    };
    let is_due = |symbol: &&Symbol| in_vain.get(&topic(symbol)).is_none_or(|at| now - *at >= IN_VAIN);
    Ok(symbols.iter().filter(is_due).map(candidate).collect())
}

/// Where it is written that a symbol was asked for in vain.
fn topic(symbol: &Symbol) -> String {
    format!("bars:{symbol}")
}

/// How many requests may be made now: the most that any source has left for this.
async fn calls(env: &Env, sources: &[Arc<dyn PriceSource>]) -> anyhow::Result<usize> {
    let mut most = 0;
    for source in sources {
        most = most.max(share(env.vendors().budget_left(source.kind()).await?, SHARE));
    }
    Ok(most)
}

/// Stores what is new of one symbol; the outer error is ours, the inner one the vendors'.
async fn update(
    env: &Env,
    sources: &[Arc<dyn PriceSource>],
    symbol: &Symbol,
    known: Option<(DateTime<Utc>, SourceKind)>,
) -> anyhow::Result<Result<usize, VendorError>> {
    let today = env.platform.clock.now().date_naive();
    let (first, knowledge) = match known {
        Some((newest, _)) => (newest.date_naive() - OVERLAP, Knowledge::Observed),
        None => (today - Days::new(env.history_days.into()), Knowledge::Historical),
    };
    let found = match bars::fetch(sources, symbol, &(first..=today)).await {
        Ok(found) => found,
        Err(error) => return Ok(Err(error)),
    };
    let Some((kind, mut history)) = found else { return Ok(Ok(0)) };
    if let Some((newest, source)) = known {
        // What another source said stays: two that differ in a digit would revise each other for ever.
        history.bars.retain(|bar| source == kind || bar.day > newest.date_naive());
        if has_news(&history, newest) {
            jobs::enqueue(
                env.platform.db.connection(),
                &env.platform.clock,
                &BackfillPrices { symbol: symbol.clone() },
            )
            .await?;
        }
    }
    let stored = bars::store(env, kind, &history, knowledge).await?;
    Ok(Ok(stored.added))
}

/// A split or a dividend restates all adjusted closes before it, of which only the last few were fetched.
fn has_news(history: &History, newest: DateTime<Utc>) -> bool {
    history.actions.iter().any(|action| action.day > newest.date_naive())
}
