//! The stocks that the collectors follow.

use super::Stock;
use crate::{admin::Job, context::ContextExt as _, error::Result, scalar::Symbol};
use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    admin::job,
    identity::Scope,
    market::{
        self,
        watchlist::{self, Change, Entry},
    },
};

/// A stock on the watch-list.
#[derive(Clone, Debug)]
pub struct WatchlistEntry(Entry);

/// A stock on the watch-list.
#[Object]
impl WatchlistEntry {
    /// The name under which it trades.
    async fn symbol(&self) -> Result<Symbol> {
        let symbol: market::Symbol = self.0.stock.symbol.parse()?;
        Ok(Symbol(symbol))
    }

    /// The stock itself.
    async fn stock(&self, ctx: &Context<'_>) -> Stock {
        Stock::new(self.0.stock.clone(), ctx.now())
    }

    /// Whether nothing is collected for it until it is resumed.
    async fn is_paused(&self) -> bool {
        self.0.is_paused
    }

    /// Since when it is on the list.
    async fn added_at(&self) -> DateTime<Utc> {
        self.0.added_at
    }
}

/// What shall change on the watch-list; a symbol stands in one list at most.
#[derive(InputObject)]
struct UpdateWatchlistInput {
    /// Symbols to collect from now on; unknown ones become stocks, and their past is fetched.
    add: Option<Vec<Symbol>>,
    /// Symbols to collect no more; what was collected stays.
    remove: Option<Vec<Symbol>>,
    /// Symbols to keep on the list without collecting.
    pause: Option<Vec<Symbol>>,
    /// Paused symbols to collect again.
    resume: Option<Vec<Symbol>>,
}

/// The watch-list as it is now.
#[derive(SimpleObject)]
struct UpdateWatchlistPayload {
    /// The whole list, by symbol.
    entries: Vec<WatchlistEntry>,
    /// What fetches the past of added stocks; watch it with `jobUpdated`.
    jobs: Vec<Job>,
}

#[derive(Debug, Default)]
pub struct WatchlistQuery;

#[Object]
impl WatchlistQuery {
    /// The stocks that prices, quotes and posts are collected for, by symbol; at most 500. Needs the role USER.
    async fn watchlist(&self, ctx: &Context<'_>) -> Result<Vec<WatchlistEntry>> {
        ctx.access().user(Scope::Read)?;
        entries(ctx).await
    }
}

#[derive(Debug, Default)]
pub struct MarketMutation;

#[Object]
impl MarketMutation {
    /// Changes what is collected, within seconds and in every process. Needs the role ADMIN and a fresh TOTP code.
    async fn update_watchlist(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What shall change.")] input: UpdateWatchlistInput,
    ) -> Result<UpdateWatchlistPayload> {
        let proof = ctx.access().fresh_totp(ctx.platform()).await?;
        let jobs = watchlist::update(ctx.platform(), &proof, &input.into()).await?;
        let mut rows = job::by_ids(ctx.db(), jobs).await?;
        rows.sort_by_key(|row| row.id);
        Ok(UpdateWatchlistPayload {
            entries: entries(ctx).await?,
            jobs: rows.into_iter().map(Job::from).collect(),
        })
    }
}

async fn entries(ctx: &Context<'_>) -> Result<Vec<WatchlistEntry>> {
    Ok(watchlist::list(ctx.db()).await?.into_iter().map(WatchlistEntry).collect())
}

impl From<UpdateWatchlistInput> for Change {
    fn from(input: UpdateWatchlistInput) -> Self {
        let symbols = |symbols: Option<Vec<Symbol>>| {
            symbols.unwrap_or_default().into_iter().map(|symbol| symbol.0).collect()
        };
        Self {
            add: symbols(input.add),
            remove: symbols(input.remove),
            pause: symbols(input.pause),
            resume: symbols(input.resume),
        }
    }
}
