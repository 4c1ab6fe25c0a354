//! Follows quotes, second by second.

use super::{poll::poll, trade::follow_trades};
use crate::{Env, source::QuoteSource as _};
use chrono::TimeDelta;
use domain::market::{StreamQuotes, Symbol, quote, watchlist};
use entity::SourceKind;
use jobs::{JobContext, Run};
use std::{collections::HashSet, time::Duration};
use tokio::time::{MissedTickBehavior, interval};
use tracing::warn;

const PERIOD: Duration = Duration::from_secs(1);
/// How many periods until the watch-list is read again.
const WATCHLIST_PERIODS: u32 = 5;
/// A real quote that is younger is not replaced by an invented one.
const REAL: TimeDelta = TimeDelta::days(7);

#[async_trait::async_trait]
impl Run<Env> for StreamQuotes {
    /// Three streams beside each other, so that a slow vendor holds up nobody.
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        tokio::try_join!(simulate(env), poll(env), follow_trades(env))?;
        Ok(())
    }
}

async fn simulate(env: &Env) -> anyhow::Result<()> {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        let market = env.sources().await?.simulated;
        let symbols = if market.is_some() { without_real(env).await? } else { Vec::new() };
        for _ in 0..WATCHLIST_PERIODS {
            ticks.tick().await;
            let Some(market) = &market else { continue };
            match market.quotes(&symbols, env.platform.clock.now()).await {
                Ok(quotes) => quote::store(&env.platform, &quotes).await?,
                // The next second brings new quotes.
                Err(error) => warn!(%error, "Could not fetch quotes"),
            }
        }
    }
}

/// The watched symbols of which there is no real quote.
async fn without_real(env: &Env) -> anyhow::Result<Vec<Symbol>> {
    let (db, now) = (env.platform.db.connection(), env.platform.clock.now());
    let quotes = quote::all(db).await?.into_iter();
    let real = quotes.filter(|quote| quote.source != SourceKind::Simulated && now - quote.as_of < REAL);
    let real: HashSet<Symbol> = real.map(|quote| quote.symbol).collect();
    Ok(watchlist::symbols(db).await?.into_iter().filter(|symbol| !real.contains(symbol)).collect())
}
