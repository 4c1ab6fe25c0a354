//! The market at a glance.

use super::{
    Stock,
    types::{Timeframe, window},
};
use crate::{SourceKind, context::ContextExt, error::Result, sentiment::SentimentSummary};
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    market::overview::{Breadth, Member, Overview, Sector},
    sentiment::dashboard,
};
use platform::calendar::Calendar;

/// All quotes, seen at a moment.
#[derive(Clone, Debug)]
pub struct MarketOverview {
    overview: Overview,
    now: DateTime<Utc>,
}

impl MarketOverview {
    pub fn new(overview: Overview, now: DateTime<Utc>) -> Self {
        Self { overview, now }
    }

    fn stocks(&self, members: &[Member]) -> Vec<Stock> {
        members.iter().map(|member| Stock::quoted(member.clone(), self.now)).collect()
    }
}

/// The market at a glance, from the newest quotes.
#[Object]
impl MarketOverview {
    /// The funds that stand for an index, by symbol.
    async fn indices(&self) -> Vec<Stock> {
        self.stocks(&self.overview.indices)
    }

    /// The sectors, by name.
    async fn sectors(&self) -> Vec<SectorPerformance> {
        self.overview.sectors.iter().map(SectorPerformance::from).collect()
    }

    /// The five stocks that rose most, in percent.
    async fn gainers(&self) -> Vec<Stock> {
        self.stocks(&self.overview.gainers)
    }

    /// The five stocks that fell most, in percent.
    async fn losers(&self) -> Vec<Stock> {
        self.stocks(&self.overview.losers)
    }

    /// The five stocks with the highest turnover (price × volume).
    async fn most_traded(&self) -> Vec<Stock> {
        self.stocks(&self.overview.most_traded)
    }

    /// How many stocks rise and fall.
    async fn breadth(&self) -> MarketBreadth {
        self.overview.breadth.into()
    }

    /// The sentiment over all stocks; every record counts alike.
    async fn mood(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(Timeframe::D1)", desc = "How far back.")] timeframe: Option<Timeframe>,
        #[graphql(desc = "The answer as it would have been then; default now.")] as_of: Option<DateTime<Utc>>,
    ) -> Result<SentimentSummary> {
        Ok(dashboard::mood(ctx.db(), &window(timeframe.unwrap_or(Timeframe::D1), as_of, self.now))
            .await?
            .into())
    }

    /// Whether the New York exchanges are open.
    async fn is_open(&self) -> bool {
        Calendar::new_york().is_open(self.now)
    }

    /// When the newest quote was true; null without quotes.
    async fn as_of(&self) -> Option<DateTime<Utc>> {
        self.overview.as_of
    }

    /// Who gave the quotes; empty without quotes.
    async fn sources(&self) -> Vec<SourceKind> {
        SourceKind::list(&self.overview.sources)
    }
}

/// The stocks of one sector, each counted alike.
#[derive(Clone, Debug, SimpleObject)]
pub struct SectorPerformance {
    /// The sector.
    name: String,
    /// How many of its stocks have a quote.
    stock_count: i32,
    /// The mean change of its stocks in percent of the previous close; null if none has one.
    change_percent: Option<f64>,
    /// Who gave the quotes.
    sources: Vec<SourceKind>,
}

impl From<&Sector> for SectorPerformance {
    fn from(sector: &Sector) -> Self {
        Self {
            name: sector.name.clone(),
            stock_count: i32::try_from(sector.stocks).unwrap_or(i32::MAX),
            change_percent: sector.change_percent,
            sources: SourceKind::list(&sector.sources),
        }
    }
}

/// How many stocks rise and fall against their previous close.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct MarketBreadth {
    /// Stocks above their previous close.
    advancing: i32,
    /// Stocks below their previous close.
    declining: i32,
    /// Stocks at their previous close.
    unchanged: i32,
}

impl From<Breadth> for MarketBreadth {
    fn from(breadth: Breadth) -> Self {
        let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Self {
            advancing: count(breadth.advancing),
            declining: count(breadth.declining),
            unchanged: count(breadth.unchanged),
        }
    }
}
