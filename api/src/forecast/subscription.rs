//! Predictions, live.

use super::Prediction;
use crate::{
    error::Result,
    history::{self, History},
    marked::Marked,
    scalar::{Cursor, Symbol},
};
use async_graphql::{Context, SimpleObject, Subscription};
use domain::forecast::{Error, PredictionMade, prediction};
use futures_util::Stream;
use platform::database::DatabaseConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// A model said what it expects of a stock.
#[derive(Clone, Debug, SimpleObject)]
pub struct PredictionEvent {
    /// Pass it as `after` when you reconnect: you get what you missed, once and in order.
    pub cursor: Cursor,
    /// The prediction.
    pub prediction: Prediction,
}

impl History for PredictionMade {
    type Row = prediction::Row;
    type Error = Error;
    type Told = PredictionEvent;

    fn symbol(&self) -> &str {
        &self.symbol
    }

    fn row(&self) -> Uuid {
        self.prediction
    }

    async fn rows(
        db: &DatabaseConnection,
        ids: Vec<Uuid>,
    ) -> std::result::Result<HashMap<Uuid, prediction::Row>, Error> {
        Ok(prediction::by_ids(db, ids).await?.into_iter().map(|row| (row.id, row)).collect())
    }

    fn tell(cursor: Cursor, row: prediction::Row) -> PredictionEvent {
        PredictionEvent { cursor, prediction: row.into() }
    }
}

#[derive(Debug, Default)]
pub struct ForecastSubscription;

#[Subscription]
impl ForecastSubscription {
    /// Every new prediction once, in order, as someone or the daily job asks for them; those of models in staging are not
    /// among them. With `after`, first those that were missed.
    async fn prediction_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these stocks, at most 500; default all.")] symbols: Option<Vec<Symbol>>,
        #[graphql(desc = "The cursor of the last event that was received.")] after: Option<Cursor>,
    ) -> Result<impl Stream<Item = Marked<Result<PredictionEvent>>>> {
        history::follow::<PredictionMade>(ctx, symbols, after).await
    }
}
