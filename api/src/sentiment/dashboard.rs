//! The first page of a client.

use super::SentimentSummary;
use crate::{
    admin::SystemStatus,
    context::ContextExt,
    error::Result,
    market::{Stock, Timeframe},
};
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    admin::status,
    market::overview,
    sentiment::dashboard::{Dashboard, Ranked},
};

/// The mood of a window, who leads it, and what moved.
#[derive(Clone, Debug)]
pub struct DashboardSummary {
    pub dashboard: Dashboard,
    pub timeframe: Timeframe,
    pub as_of: DateTime<Utc>,
    /// Whether it is asked of the past.
    pub is_past: bool,
}

/// The mood of a window, who leads it, and what moved.
#[Object]
impl DashboardSummary {
    /// How far back it looks.
    async fn timeframe(&self) -> Timeframe {
        self.timeframe
    }

    /// When this was true.
    async fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// Up to five stocks with the highest mean score above zero, of those with at least three scores.
    async fn most_positive(&self) -> Vec<StockSentiment> {
        self.ranked(&self.dashboard.most_positive)
    }

    /// Up to five stocks with the lowest mean score below zero, of those with at least three scores.
    async fn most_negative(&self) -> Vec<StockSentiment> {
        self.ranked(&self.dashboard.most_negative)
    }

    /// All scores together; every record counts alike.
    async fn overall(&self) -> SentimentSummary {
        self.dashboard.overall.clone().into()
    }

    /// Up to ten stocks with the largest moves of today, the largest gain first; empty for a past `asOf`, since old quotes
    /// are not kept.
    async fn price_changes(&self, ctx: &Context<'_>) -> Result<Vec<Stock>> {
        if self.is_past {
            return Ok(Vec::new());
        }
        let overview = overview::get(ctx.db()).await?;
        let movers = overview.gainers.into_iter().chain(overview.losers.into_iter().rev());
        Ok(movers.map(|member| Stock::quoted(member, self.as_of)).collect())
    }

    /// How the system is now, whatever `asOf` says.
    async fn status(&self, ctx: &Context<'_>) -> Result<SystemStatus> {
        Ok(status::get(ctx.db()).await?.into())
    }
}

impl DashboardSummary {
    fn ranked(&self, ranked: &[Ranked]) -> Vec<StockSentiment> {
        let ranked = ranked.iter().map(|ranked| StockSentiment {
            stock: Stock::new(ranked.stock.clone(), self.as_of),
            sentiment: ranked.summary.clone().into(),
        });
        ranked.collect()
    }
}

/// A stock with its sentiment.
#[derive(Clone, Debug, SimpleObject)]
pub struct StockSentiment {
    /// The stock.
    pub stock: Stock,
    /// Its scores in the window.
    pub sentiment: SentimentSummary,
}
