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
        #[graphql(desc = "The scores as they would have been then; default now.")] as_of: Option<
            DateTime<Utc>,
        >,
    ) -> Result<DashboardSummary> {
        let window = window(timeframe.unwrap_or(Timeframe::D7), as_of, ctx.now());
        let dashboard = dashboard::get(ctx.db(), &window).await?;
        Ok(DashboardSummary { dashboard, timeframe: timeframe.unwrap_or(Timeframe::D7), as_of: window.as_of })
    }
}
