//! Gives the simulated market a past: stocks, prices, posts.

use crate::{
    Env,
    source::{PriceSource as _, StockSource as _},
};
use chrono::Days;
use domain::{
    Knowledge,
    market::{MakeHistory, Symbol, price, stock, watchlist},
    news::post,
};
use entity::SourceKind;
use jobs::{GiveUp, JobContext, Run};
use tracing::info;

const SYMBOLS_AT_A_TIME: usize = 20;
const DAYS_AT_A_TIME: u32 = 5;

#[async_trait::async_trait]
impl Run<Env> for MakeHistory {
    async fn run(&self, env: &Env, ctx: &JobContext) -> anyhow::Result<()> {
        let Some(market) = env.sources().await?.simulated else {
            return Err(GiveUp(anyhow::anyhow!("the simulation is off; set BELLWETHER_SIMULATE=true")).into());
        };
        let platform = &env.platform;
        let stocks = market.stocks();
        let symbols: Vec<Symbol> = stocks.iter().map(|stock| stock.symbol.clone()).collect();
        stock::store(platform, &stocks).await?;
        watchlist::add(platform, &symbols).await?;
        let now = platform.clock.now();
        // The posts first: they are what takes the workers time.
        let days = env.post_days;
        let first = now - Days::new(days.into());
        for day in (0..days).step_by(DAYS_AT_A_TIME as usize) {
            let start = first + Days::new(day.into());
            let end = (start + Days::new(DAYS_AT_A_TIME.into())).min(now);
            let posts = market.history(&symbols, start..end);
            post::store(platform, &posts, Knowledge::Historical).await?;
            ctx.report(0.5 * f64::from(day) / f64::from(days)).await?;
        }
        let first = now.date_naive() - Days::new(env.history_days.into());
        let chunks = symbols.chunks(SYMBOLS_AT_A_TIME);
        let count = chunks.len();
        let mut added = 0;
        for (index, symbols) in chunks.enumerate() {
            let bars = market.bars(symbols, first..=now.date_naive()).await?.bars;
            added += price::store(platform, &bars, SourceKind::Simulated, Knowledge::Historical).await?.added;
            ctx.report(0.5 + 0.5 * (index + 1) as f64 / count as f64).await?;
        }
        info!(bar.count = added, "Made {added} bars of history since {first}");
        Ok(())
    }
}
