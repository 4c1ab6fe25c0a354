//! The market, live.

use super::{MarketOverview, Quote};
use crate::{
    context::ContextExt,
    error::{ApiError, Result},
    marked::{Mark, Marked},
    scalar::Symbol,
};
use async_graphql::{Context, Subscription};
use domain::market::{self, overview};
use futures_util::{Stream, StreamExt as _, stream};
use std::{sync::Arc, time::Duration};

const MOST_SYMBOLS: usize = 500;
/// An overview is read at most so often.
const OVERVIEW_PERIOD: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
pub struct MarketSubscription;

#[Subscription]
impl MarketSubscription {
    /// The current quote of each symbol, then its changes. The newest wins: a slow client misses steps, never the end.
    /// A symbol that is not known yet delivers as soon as it has a quote.
    async fn quote_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "1 to 500 symbols.")] symbols: Vec<Symbol>,
    ) -> Result<impl Stream<Item = Marked<Quote>>> {
        if symbols.is_empty() || symbols.len() > MOST_SYMBOLS {
            return Err(ApiError::input("symbols", format!("give 1 to {MOST_SYMBOLS} symbols")));
        }
        let clock = ctx.platform().clock.clone();
        let quotes = ctx.quotes().follow(symbols.into_iter().map(|symbol| symbol.0).collect());
        let newest = move |quote: Arc<market::quote::Quote>| Marked {
            mark: Mark::State(quote.symbol.to_string()),
            event: Quote::new(&quote, clock.now()),
        };
        Ok(quotes.map(newest))
    }

    /// The market overview now, then whenever quotes change, at most every two seconds.
    async fn market_updated(&self, ctx: &Context<'_>) -> impl Stream<Item = Marked<Result<MarketOverview>>> {
        let platform = ctx.platform().clone();
        let mut changes = ctx.quotes().changes();
        changes.mark_changed();
        stream::unfold((platform, changes, Duration::ZERO), |(platform, mut changes, pause)| async move {
            tokio::time::sleep(pause).await;
            changes.changed().await.ok()?;
            let db = &platform.db;
            let overview = db.patiently(|| overview::get(db.connection())).await.map_err(ApiError::from);
            let overview = overview.map(|overview| MarketOverview::new(overview, platform.clock.now()));
            let newest = Marked { mark: Mark::State(String::new()), event: overview };
            Some((newest, (platform, changes, OVERVIEW_PERIOD)))
        })
    }
}
