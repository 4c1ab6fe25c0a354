//! The sentiment's queries.

use super::{
    dashboard::DashboardSummary,
    metrics::{ModelMetrics, ModelMetricsFilter},
    quality::QualityAnalytics,
};
use crate::{
    context::ContextExt,
    error::{ApiError, Result},
    market::{Timeframe, window},
};
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::sentiment::{dashboard, evaluation, quality};

/// Ninety days: as long as texts are kept.
const MOST_HOURS: i32 = 2160;

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

    /// What the posts of the last hours are worth: quality by tier, the mood of each tier, and the stocks that good posts
    /// name.
    async fn quality_analytics(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 24, desc = "How many hours back, 1 to 2160.")] hours: i32,
        #[graphql(default = 50.0, desc = "From which quality on a post is high, 0 to 100.")] threshold: f64,
    ) -> Result<QualityAnalytics> {
        if !(1..=MOST_HOURS).contains(&hours) {
            return Err(ApiError::input("hours", format!("write a number from 1 to {MOST_HOURS}")));
        }
        if !(0.0..=100.0).contains(&threshold) {
            return Err(ApiError::input("threshold", "write a number from 0 to 100"));
        }
        quality::analyse(ctx.db(), ctx.now(), hours.into(), threshold).await?.try_into()
    }

    /// How good the models are on labelled texts: the newest evaluation of each model and version on each dataset, newest
    /// first, at most 500. The job `sentiment.evaluate_models` measures all models each week.
    async fn model_metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which evaluations.")] filter: Option<ModelMetricsFilter>,
    ) -> Result<Vec<ModelMetrics>> {
        let standings = evaluation::list(ctx.db(), &filter.unwrap_or_default().into()).await?;
        Ok(standings.into_iter().map(ModelMetrics::from).collect())
    }
}
