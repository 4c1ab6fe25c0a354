//! Asks another source than the one whose bars are stored.

use super::collect_prices::newest;
use crate::{
    Env,
    interest::interest,
    source::{
        PriceSource,
        budget::{Candidate, choose, share},
    },
};
use chrono::{Days, TimeDelta};
use domain::{
    market::{ComparePrices, Symbol, second_opinion, stock, watchlist},
    news::mark,
};
use entity::SourceKind;
use jobs::{JobContext, Run};
use std::{slice, sync::Arc};
use tracing::{info, warn};

/// So far back: six weeks and a half.
const LOOK_BACK: Days = Days::new(45);
/// Hundredths of a budget's rest for second opinions: what is missing comes first.
const SHARE: i64 = 25;
/// Whose turn never came is as stale as that.
const NEVER: TimeDelta = TimeDelta::days(400);

#[async_trait::async_trait]
impl Run<Env> for ComparePrices {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let sources = env.sources().await?.prices;
        let symbols = watchlist::symbols(env.platform.db.connection()).await?;
        let (mut compared, mut found) = (0, 0);
        for (source, symbols) in assign(&sources, &newest_by(env, &symbols).await?) {
            for symbol in turns(env, source.kind(), symbols).await? {
                if let Some(new) = compare(env, source, &symbol).await? {
                    compared += 1;
                    found += new;
                }
            }
        }
        info!(
            finding.count = found,
            "Asked a second source about {compared} stocks, {found} new disagreements"
        );
        Ok(())
    }
}

/// Who gave the newest bar of each symbol that has one.
async fn newest_by(env: &Env, symbols: &[Symbol]) -> anyhow::Result<Vec<(Symbol, SourceKind)>> {
    let newest = newest(env, symbols).await?;
    let mut by: Vec<_> = newest.into_iter().map(|(symbol, (_, source))| (symbol, source)).collect();
    by.sort();
    Ok(by)
}

/// For each source the symbols about which it is the first other one.
fn assign<'a>(
    sources: &'a [Arc<dyn PriceSource>],
    newest: &[(Symbol, SourceKind)],
) -> Vec<(&'a Arc<dyn PriceSource>, Vec<Symbol>)> {
    let other = |of: SourceKind| sources.iter().position(|source| source.kind() != of);
    let mut assigned: Vec<_> = sources.iter().map(|source| (source, Vec::new())).collect();
    for (symbol, of) in newest {
        if let Some(other) = other(*of) {
            assigned[other].1.push(symbol.clone());
        }
    }
    assigned
}

/// The symbols whose turn it is, as far as the budget goes: who waited longest and matters most.
async fn turns(env: &Env, source: SourceKind, symbols: Vec<Symbol>) -> anyhow::Result<Vec<Symbol>> {
    let (db, now) = (env.platform.db.connection(), env.platform.clock.now());
    let (last, interest) = (mark::of(db, source).await?, interest(db, &symbols, now).await?);
    let candidate = |symbol: Symbol| {
        let staleness = last.get(&topic(&symbol)).map_or(NEVER, |at| now - *at);
        let interest = interest.get(&symbol).copied().unwrap_or(1.0);
        Candidate { symbol, staleness, interest }
    };
    let calls = share(env.vendors().budget_left(source).await?, SHARE);
    Ok(choose(symbols.into_iter().map(candidate).collect(), calls))
}

/// Where it is written when a second source was asked about a symbol.
fn topic(symbol: &Symbol) -> String {
    format!("second:{symbol}")
}

/// How many disagreements are new; `None` where the source says nothing.
async fn compare(env: &Env, source: &Arc<dyn PriceSource>, symbol: &Symbol) -> anyhow::Result<Option<usize>> {
    let (db, now) = (env.platform.db.connection(), env.platform.clock.now());
    let today = now.date_naive();
    let history = match source.bars(slice::from_ref(symbol), today - LOOK_BACK..=today).await {
        Ok(history) => history,
        Err(error) => {
            warn!(%error, stock.symbol = %symbol, "Could not ask a second source about {symbol}");
            return Ok(None);
        }
    };
    mark::set(db, source.kind(), &[topic(symbol)], now).await?;
    let stock = stock::find(db, symbol).await?.filter(|_| !history.bars.is_empty());
    let Some(stock) = stock else { return Ok(None) };
    let closes: Vec<_> = history.bars.iter().map(|bar| (bar.day, bar.close.to_f64())).collect();
    Ok(Some(second_opinion::compare(&env.platform, stock.id, source.kind(), &closes).await?))
}
