//! Follows trades as they happen, where a vendor tells them.

use crate::{
    Env,
    interest::interest,
    source::{
        VendorError,
        budget::{Candidate, choose},
        finnhub_trades::{MOST_SYMBOLS, Trade, Trades},
    },
};
use backon::{BackoffBuilder as _, ExponentialBuilder};
use chrono::TimeDelta;
use domain::market::{Quote, Symbol, quote, watchlist};
use entity::SourceKind;
use platform::calendar::Calendar;
use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};
use tokio::time::{MissedTickBehavior, interval};
use tracing::{info, warn};

/// Trades are stored so often: of several of one symbol the last.
const FLUSH: Duration = Duration::from_secs(1);
/// How many of these until the watch-list and the credential are looked at again.
const LOOK_FLUSHES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Follows until the job ends; without a credential it only looks for one.
pub(super) async fn follow_trades(env: &Env) -> anyhow::Result<()> {
    let pauses = || {
        let pauses = ExponentialBuilder::default().with_min_delay(FIRST_PAUSE).with_jitter();
        pauses.with_max_delay(LONGEST_PAUSE).without_max_times().build()
    };
    let mut next = pauses();
    loop {
        if !is_wanted(env).await? {
            tokio::time::sleep(FLUSH * LOOK_FLUSHES).await;
            continue;
        }
        match env.vendors().trades.connect().await {
            Ok(trades) => {
                info!("Following trades");
                // It may end at once, again and again: only one that told something begins the pauses anew.
                let (told, end) = follow(env, trades).await?;
                if told {
                    next = pauses();
                }
                if let Some(error) = end {
                    warn!(%error, "Lost the trades");
                }
            }
            Err(VendorError::Resting(_) | VendorError::BudgetSpent(_) | VendorError::NotConfigured) => {}
            Err(error) => warn!(%error, "Could not follow trades"),
        }
        tokio::time::sleep(next.next().unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)).await;
    }
}

async fn is_wanted(env: &Env) -> anyhow::Result<bool> {
    Ok(env.sources().await?.quotes.iter().any(|source| source.kind() == SourceKind::Finnhub))
}

/// Follows one socket to its end: whether it told anything, and why it ended unless that was our wish.
async fn follow(env: &Env, mut trades: Trades) -> anyhow::Result<(bool, Option<VendorError>)> {
    let mut ticks = interval(FLUSH);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut newest, mut flushes, mut told) = (HashMap::<Symbol, Trade>::new(), 0_u32, false);
    loop {
        tokio::select! {
            found = trades.next() => match found {
                Ok(found) => {
                    told = true;
                    newest.extend(found.into_iter().map(|trade| (trade.symbol.clone(), trade)));
                }
                Err(error) => {
                    store(env, newest).await?;
                    return Ok((told, Some(error)));
                }
            },
            _ = ticks.tick() => {
                store(env, std::mem::take(&mut newest)).await?;
                if flushes.is_multiple_of(LOOK_FLUSHES) {
                    if !is_wanted(env).await? {
                        return Ok((told, None));
                    }
                    if let Err(error) = trades.follow(wanted(env).await?).await {
                        return Ok((told, Some(error)));
                    }
                }
                flushes = flushes.wrapping_add(1);
            }
        }
    }
}

/// The watched symbols, and of too many those that matter most.
async fn wanted(env: &Env) -> anyhow::Result<BTreeSet<Symbol>> {
    let (db, now) = (env.platform.db.connection(), env.platform.clock.now());
    let symbols = watchlist::symbols(db).await?;
    let interest = interest(db, &symbols, now).await?;
    let candidates = symbols.into_iter().map(|symbol| {
        let interest = interest.get(&symbol).copied().unwrap_or(1.0);
        Candidate { symbol, staleness: TimeDelta::seconds(1), interest }
    });
    Ok(choose(candidates.collect(), MOST_SYMBOLS).into_iter().collect())
}

async fn store(env: &Env, trades: HashMap<Symbol, Trade>) -> anyhow::Result<()> {
    if trades.is_empty() {
        return Ok(());
    }
    let known: HashMap<Symbol, Quote> = quote::all(env.platform.db.connection())
        .await?
        .into_iter()
        .map(|quote| (quote.symbol.clone(), quote))
        .collect();
    let quotes: Vec<Quote> = trades.values().map(|trade| merged(trade, known.get(&trade.symbol))).collect();
    Ok(quote::store(&env.platform, &quotes).await?)
}

/// The quote after a trade: what is known of the same day stays true.
fn merged(trade: &Trade, known: Option<&Quote>) -> Quote {
    let zone = Calendar::new_york().time_zone();
    let day = trade.time.with_timezone(&zone).date_naive();
    let known = known.filter(|quote| {
        quote.source != SourceKind::Simulated && quote.as_of.with_timezone(&zone).date_naive() == day
    });
    Quote {
        symbol: trade.symbol.clone(),
        price: trade.price,
        open: known.and_then(|quote| quote.open),
        high: known.and_then(|quote| quote.high).map(|high| high.max(trade.price)),
        low: known.and_then(|quote| quote.low).map(|low| low.min(trade.price)),
        previous_close: known.and_then(|quote| quote.previous_close),
        volume: None,
        as_of: trade.time,
        source: SourceKind::Finnhub,
    }
}
