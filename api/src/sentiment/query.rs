//! The sentiment's queries.

use super::dashboard::DashboardSummary;
use crate::{
    context::ContextExt,
    error::Result,
    market::{Timeframe, window},
};
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::sentiment::dashboard;

#[derive(Debug, Default)]
pub struct SentimentQuery;

#[Object]
impl SentimentQuery {
    /// The first page of a client: mood, leaders, moves, system status.
    async fn dashboard_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(Timeframe::D7)", desc = "How far back.")] timeframe: Option<Timeframe>,
        #[graphql(desc = "The answer as it would have been then; default now.")] as_of: Option<DateTime<Utc>>,
    ) -> Result<DashboardSummary> {
        let (timeframe, now) = (timeframe.unwrap_or(Timeframe::D7), ctx.now());
        let window = window(timeframe, as_of, now);
        let dashboard = dashboard::get(ctx.db(), &window).await?;
        Ok(DashboardSummary { dashboard, timeframe, as_of: window.as_of, is_past: window.as_of < now })
    }
}
