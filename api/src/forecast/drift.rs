//! Whether models still see what they were trained on.

use super::{Model, loader::ModelKey, query::model_id};
use crate::{
    context::ContextExt as _,
    error::{ApiError, Result},
    history::{self, History},
    marked::Marked,
    relay::{Connection, PageArguments, wants_total},
    scalar::{Cursor, Date, Long},
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use domain::forecast::{
    DriftDetected, Error,
    drift::{self, Filter, Row},
};
use futures_util::Stream;
use platform::database::DatabaseConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// What was found about a model on a day.
#[derive(Clone, Debug)]
pub struct DriftReport(Row);

/// How far a feature has moved since the training, as the model reads it.
#[derive(Clone, Debug, SimpleObject)]
struct FeatureShift {
    /// The name of the feature.
    feature: String,
    /// The population stability index over ten groups; by custom a shift from 0.1 on, and a large one from 0.25 on.
    /// Null of a feature that never changed in the training.
    stability_index: Option<f64>,
    /// The largest difference between the two distributions, 0 to 1 (Kolmogorov–Smirnov).
    distance: f64,
    /// A bound on the probability of such a distance by luck (Massart), counting days and not stocks, which move together.
    p_value: f64,
    /// Whether the index is above 0.25, and luck would move any feature so far one time in a hundred at most.
    has_moved: bool,
}

/// What was found about a model on a day.
#[Object]
impl DriftReport {
    /// The model.
    async fn model(&self, ctx: &Context<'_>) -> Result<Model> {
        let row = ctx.loader().load_one(ModelKey(self.0.model_id)).await?;
        Ok(row.ok_or_else(|| ApiError::not_found("model", "the model was removed"))?.into())
    }

    /// The first of the twenty sessions that were looked at.
    async fn first_day(&self) -> Date {
        Date(self.0.first_day)
    }

    /// The last of them.
    async fn last_day(&self) -> Date {
        Date(self.0.last_day)
    }

    /// How many days of stocks that were.
    async fn rows(&self) -> Long {
        Long(self.0.row_count)
    }

    /// Each feature against the training.
    async fn features(&self) -> Vec<FeatureShift> {
        let shift = |shift: drift::Shift| FeatureShift {
            feature: shift.feature,
            stability_index: shift.stability_index,
            distance: shift.distance,
            p_value: shift.p_value,
            has_moved: shift.has_moved,
        };
        drift::shifts(&self.0).into_iter().map(shift).collect()
    }

    /// How many features have moved.
    async fn moved(&self) -> i32 {
        self.0.moved
    }

    /// How often the model was right about the direction on days that its training had not seen, 0 to 1; null if nothing
    /// tells.
    async fn accuracy_before(&self) -> Option<f64> {
        self.0.accuracy_before
    }

    /// How often it was right in the last 90 days, 0 to 1; null if nothing came yet.
    async fn accuracy_now(&self) -> Option<f64> {
        self.0.accuracy_now
    }

    /// Whether a feature has moved, or the accuracy has fallen by more than 0.05 and beyond chance: the model is trained
    /// anew.
    async fn is_drift(&self) -> bool {
        self.0.is_drift
    }

    /// When it was found.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.known_at
    }
}

/// Which reports are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default, InputObject)]
struct DriftReportFilter {
    /// Only about this model.
    model: Option<ID>,
    /// Only those that found drift, or only those that found none.
    is_drift: Option<bool>,
}

#[derive(Debug, Default)]
pub struct DriftQuery;

#[Object]
impl DriftQuery {
    /// What was found about the models that answer, newest first; the job `forecast.check_drift` looks each day.
    async fn drift_reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which reports.")] filter: Option<DriftReportFilter>,
        #[graphql(desc = "How many, from the newest; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only reports after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the oldest; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only reports before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<DriftReport>> {
        let page = PageArguments { first, after, last, before }.request()?;
        let filter = filter.unwrap_or_default();
        let model = filter.model.map(|id| model_id("filter", &id)).transpose()?;
        let filter = Filter { model, is_drift: filter.is_drift };
        let total = if wants_total(ctx) { drift::count(ctx.db(), &filter).await? } else { 0 };
        let page = drift::list(ctx.db(), &filter, &page).await?;
        Ok(Connection::new(page, i64::try_from(total).unwrap_or(i64::MAX), |row| (row.id,), DriftReport))
    }
}

/// A model no longer sees what it was trained on, or is no longer as right as it was.
#[derive(Clone, Debug, SimpleObject)]
pub struct DriftEvent {
    /// Pass it as `after` when you reconnect: you get what you missed, once and in order.
    pub cursor: Cursor,
    /// What was found.
    pub report: DriftReport,
}

impl History for DriftDetected {
    type Row = Row;
    type Error = Error;
    type Told = DriftEvent;

    /// It is about a model, not about a stock.
    fn symbol(&self) -> &'static str {
        ""
    }

    fn row(&self) -> Uuid {
        self.report
    }

    async fn rows(db: &DatabaseConnection, ids: Vec<Uuid>) -> std::result::Result<HashMap<Uuid, Row>, Error> {
        Ok(drift::by_ids(db, ids).await?.into_iter().map(|row| (row.id, row)).collect())
    }

    fn tell(cursor: Cursor, row: Row) -> DriftEvent {
        DriftEvent { cursor, report: DriftReport(row) }
    }
}

#[derive(Debug, Default)]
pub struct DriftSubscription;

#[Subscription]
impl DriftSubscription {
    /// Every drift that is found, once and in order. With `after`, first those that were missed. Needs the role ADMIN.
    async fn drift_detected(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cursor of the last event that was received.")] after: Option<Cursor>,
    ) -> Result<impl Stream<Item = Marked<Result<DriftEvent>>>> {
        ctx.access().admin()?;
        history::follow::<DriftDetected>(ctx, None, after).await
    }
}
