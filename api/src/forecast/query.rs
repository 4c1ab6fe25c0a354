//! The queries of forecasts.

use super::{
    Model, Prediction,
    backtest::{Backtest, BacktestCosts},
    comparison::{Experiment, ExperimentComparison},
    model::ModelFilter,
};
use crate::{
    context::ContextExt as _,
    error::{ApiError, Result},
    relay::{Connection, GlobalId, NodeKind, PageArguments, wants_total},
    scalar::{Cursor, Symbol},
};
use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Days, Utc};
use domain::{
    forecast::{
        backtest::{Question, follow},
        model, prediction,
    },
    market::stock,
};
use uuid::Uuid;

const MOST_SYMBOLS: usize = 100;

/// Which predictions are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default, InputObject)]
pub struct PredictionFilter {
    /// Only of these stocks, at most 100.
    symbols: Option<Vec<Symbol>>,
    /// Only of this model.
    model: Option<ID>,
    /// Only those that look so many trading days ahead.
    horizon: Option<i32>,
    /// Only those made later.
    made_after: Option<DateTime<Utc>>,
    /// Only those made until then.
    made_before: Option<DateTime<Utc>>,
    /// Whether those are there too that models in staging made beside the answers; default false.
    with_shadows: Option<bool>,
}

#[derive(Debug, Default)]
pub struct ForecastQuery;

#[Object]
impl ForecastQuery {
    /// What models said, newest first.
    async fn predictions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which predictions.")] filter: Option<PredictionFilter>,
        #[graphql(desc = "How many, from the newest; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only predictions after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the oldest; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only predictions before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<Prediction>> {
        let page = PageArguments { first, after, last, before }.request()?;
        let filter = self::filter(ctx, filter.unwrap_or_default()).await?;
        let total = if wants_total(ctx) { prediction::count(ctx.db(), &filter).await? } else { 0 };
        let page = prediction::list(ctx.db(), &filter, &page).await?;
        let total = i64::try_from(total).unwrap_or(i64::MAX);
        Ok(Connection::new(page, total, |row| (row.sequence,), Prediction::from))
    }

    /// The models that were trained, newest first.
    async fn models(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which models.")] filter: Option<ModelFilter>,
        #[graphql(desc = "How many, from the newest; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only models after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the oldest; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only models before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<Model>> {
        list(ctx, filter, PageArguments { first, after, last, before }).await
    }

    /// What following a model's signals would have earned: its first one about each stock and day, those it gave beside
    /// others included; null if it gave none that could
    /// be followed, or no open is known.
    async fn backtest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A model's id.")] model: ID,
        #[graphql(desc = "Only these stocks, at most 100; default all.")] symbols: Option<Vec<Symbol>>,
        #[graphql(desc = "Over the last so many days, 1 to 3650.", default = 365)] days: Option<i32>,
        #[graphql(desc = "What trading costs.")] costs: Option<BacktestCosts>,
    ) -> Result<Option<Backtest>> {
        let days = u64::try_from(days.unwrap_or(365)).ok().filter(|days| (1..=3650).contains(days));
        let days = days.ok_or_else(|| ApiError::input("days", "write a number from 1 to 3650"))?;
        let row = model::get(ctx.db(), model_id("model", &model)?).await?;
        let today = ctx.platform().clock.now().date_naive();
        let question = Question {
            stocks: stocks(ctx, "symbols", symbols.unwrap_or_default()).await?,
            since: today.checked_sub_days(Days::new(days)).unwrap_or(today),
            costs: costs.unwrap_or_default().checked()?,
        };
        let followed = follow(ctx.platform(), &row, &question).await?;
        Ok(followed.as_ref().and_then(Backtest::of))
    }

    /// The trainings behind the models, newest first.
    async fn experiments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which models.")] filter: Option<ModelFilter>,
        #[graphql(desc = "How many, from the newest; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only trainings after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the oldest; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only trainings before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<Experiment>> {
        list(ctx, filter, PageArguments { first, after, last, before }).await
    }

    /// Two trainings side by side.
    async fn compare_experiments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a model.")] a: ID,
        #[graphql(desc = "The id of another one.")] b: ID,
    ) -> Result<ExperimentComparison> {
        let (a_id, b_id) = (model_id("a", &a)?, model_id("b", &b)?);
        let rows = model::by_ids(ctx.db(), vec![a_id, b_id]).await?;
        let find = |field: &str, id: Uuid| {
            let row = rows.iter().find(|row| row.id == id).cloned();
            row.ok_or_else(|| ApiError::not_found(field, "there is no such model"))
        };
        Ok(ExperimentComparison { a: find("a", a_id)?, b: find("b", b_id)? })
    }
}

async fn list<T: From<model::Row> + async_graphql::OutputType>(
    ctx: &Context<'_>,
    filter: Option<ModelFilter>,
    page: PageArguments,
) -> Result<Connection<T>> {
    let (page, filter) = (page.request()?, filter.unwrap_or_default().into());
    let total = if wants_total(ctx) { model::count(ctx.db(), &filter).await? } else { 0 };
    let page = model::list(ctx.db(), &filter, &page).await?;
    Ok(Connection::new(page, i64::try_from(total).unwrap_or(i64::MAX), |row| (row.id,), T::from))
}

/// Reads the id of a model given as argument `field`.
pub fn model_id(field: &str, id: &ID) -> Result<Uuid> {
    let id = GlobalId::decode(field, id)?;
    if id.kind == NodeKind::Model { Ok(id.id) } else { Err(ApiError::input(field, "not the id of a model")) }
}

/// The stocks that an argument names; `None` if it names none.
async fn stocks(ctx: &Context<'_>, field: &str, symbols: Vec<Symbol>) -> Result<Option<Vec<Uuid>>> {
    if symbols.len() > MOST_SYMBOLS {
        return Err(ApiError::input(field, format!("at most {MOST_SYMBOLS} symbols at a time")));
    }
    if symbols.is_empty() {
        return Ok(None);
    }
    let symbols: Vec<_> = symbols.into_iter().map(|symbol| symbol.0).collect();
    Ok(Some(stock::ids_of_symbols(ctx.db(), &symbols).await?.into_values().collect()))
}

async fn filter(ctx: &Context<'_>, filter: PredictionFilter) -> Result<prediction::Filter> {
    Ok(prediction::Filter {
        stocks: stocks(ctx, "filter", filter.symbols.unwrap_or_default()).await?,
        model: filter.model.map(|id| model_id("filter", &id)).transpose()?,
        horizon: filter.horizon,
        after: filter.made_after,
        before: filter.made_before,
        with_shadows: filter.with_shadows.unwrap_or(false),
    })
}
