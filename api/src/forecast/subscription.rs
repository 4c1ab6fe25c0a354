//! Predictions and models, live.

use super::{Model, Prediction, model::ModelStage, query::model_id};
use crate::{
    context::ContextExt as _,
    error::Result,
    history::{self, History},
    marked::Marked,
    scalar::{Cursor, Symbol},
    state::{self, State},
};
use async_graphql::{Context, ID, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use domain::forecast::{
    Error, ModelPromoted, PredictionMade,
    live::{self, Live},
    model, prediction,
    promotion::{self, Moved},
};
use futures_util::{Stream, StreamExt as _};
use platform::database::DatabaseConnection;
use std::{collections::HashMap, time::Duration};
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

/// A model was promoted, put on trial or put back.
#[derive(Clone, Debug, SimpleObject)]
pub struct ModelPromotionEvent {
    /// Pass it as `after` when you reconnect: you get what you missed, once and in order.
    pub cursor: Cursor,
    /// The model, as it stands now.
    pub model: Model,
    /// Where it came from.
    pub from: ModelStage,
    /// Where it went.
    pub to: ModelStage,
    /// The model whose place it took, as it stands now; null if it took nobody's.
    pub replaced: Option<Model>,
    /// When that was.
    pub at: DateTime<Utc>,
}

impl History for ModelPromoted {
    type Row = Moved;
    type Error = Error;
    type Told = ModelPromotionEvent;

    /// It is about a model, not about a stock.
    fn symbol(&self) -> &'static str {
        ""
    }

    fn row(&self) -> Uuid {
        self.promotion
    }

    async fn rows(
        db: &DatabaseConnection,
        ids: Vec<Uuid>,
    ) -> std::result::Result<HashMap<Uuid, Moved>, Error> {
        Ok(promotion::by_ids(db, ids).await?.into_iter().map(|moved| (moved.promotion.id, moved)).collect())
    }

    fn tell(cursor: Cursor, Moved { promotion, model, replaced }: Moved) -> ModelPromotionEvent {
        ModelPromotionEvent {
            cursor,
            model: model.into(),
            from: promotion.from_stage.into(),
            to: promotion.to_stage.into(),
            replaced: replaced.map(Model::from),
            at: promotion.known_at,
        }
    }
}

/// A model, and what came of its predictions.
struct Watched {
    row: model::Row,
    live: Option<Live>,
}

impl State for Watched {
    type Error = Error;
    /// Counts, not means: those differ in their last digits from one look to the next.
    type Seen = (model::Stage, i32, Option<[i64; 4]>);

    const TOPIC: &'static str = model::TOPIC;
    const POLL: Duration = Duration::from_secs(30);

    async fn find(db: &DatabaseConnection, id: Uuid) -> std::result::Result<Option<Self>, Error> {
        let Some(row) = model::by_ids(db, vec![id]).await?.pop() else { return Ok(None) };
        let live = live::by_models(db, &[id], &live::Filter::default()).await?.remove(&id);
        Ok(Some(Self { row, live }))
    }

    fn seen(&self) -> Self::Seen {
        let counts = |live: Live| [live.judged, live.within_95, live.within_99, live.right];
        (self.row.stage, self.row.percent, self.live.map(counts))
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

    /// Every promotion once, in order, by an administrator or after a training. With `after`, first those that were missed.
    async fn model_promoted(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cursor of the last event that was received.")] after: Option<Cursor>,
    ) -> Result<impl Stream<Item = Marked<Result<ModelPromotionEvent>>>> {
        history::follow::<ModelPromoted>(ctx, None, after).await
    }

    /// The model as it stands, then whenever it is promoted or put back, or predictions of it are held against what came:
    /// `live` has how often its intervals covered.
    async fn model_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A model's id.")] id: ID,
    ) -> Result<impl Stream<Item = Result<Model>>> {
        let id = model_id("id", &id)?;
        let models = state::follow::<Watched>(ctx.platform(), id);
        model::get(ctx.db(), id).await?;
        Ok(models.map(|watched| watched.map(|watched| watched.row.into())))
    }
}
