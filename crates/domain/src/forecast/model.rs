//! The models that were trained.

use super::{Artefacts, Error, PromoteIfBetter, Snapshot, loss};
use crate::{
    market::Symbol,
    page::{Page, PageRequest},
};
use entity::forecast::forecast_model::{Column, Entity};
pub use entity::forecast::forecast_model::{ForecasterKind as Kind, Model as Row, Stage};
use jobs::JobContext;
use ml::forecast::{Report, Trained};
use platform::{Platform, bus::Bus};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DatabaseTransaction, DbBackend,
    DbErr, EntityTrait as _, IntoActiveModel as _, Order, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use uuid::Uuid;

/// The horizons that models are trained for, in trading days.
pub const HORIZONS: [i32; 2] = [1, 5];

/// The bus topic of models that changed, or whose predictions were judged; the payload is the model's id.
pub const TOPIC: &str = "forecast.model";

/// Tells that models are not what they were.
pub(super) async fn announce(bus: &dyn Bus, models: impl IntoIterator<Item = Uuid>) {
    for model in models {
        bus.publish(TOPIC, model.to_string()).await;
    }
}

/// The library's name of a kind.
pub fn kind(kind: Kind) -> ml::forecast::Kind {
    match kind {
        Kind::Trees => ml::forecast::Kind::Trees,
        Kind::Lstm => ml::forecast::Kind::Lstm,
        Kind::Tft => ml::forecast::Kind::Tft,
        Kind::Ensemble => ml::forecast::Kind::Ensemble,
        Kind::Own => ml::forecast::Kind::Own,
    }
}

/// The name by which people call a model, such as `trees-5d-3`.
pub fn name(row: &Row) -> String {
    format!("{}-{}d-{}", kind(row.kind).name(), row.horizon, row.version)
}

/// What was measured when it was trained; `None` where the row has no such JSON.
pub fn report(row: &Row) -> Option<Report> {
    serde_json::from_str(&row.report).ok()
}

/// What is new about a model.
pub(super) struct New<'model> {
    pub kind: Kind,
    pub horizon: i32,
    pub settings: String,
    pub snapshot: &'model Snapshot,
    pub trained: &'model Trained,
    pub duration: Duration,
    /// In whose place it shall answer, if nothing speaks against that.
    pub replaces: Option<Uuid>,
}

/// Puts a model on record, as an experiment, under the next version of its kind and horizon.
pub(super) async fn insert(
    platform: &Platform,
    artefacts: &Artefacts,
    new: New<'_>,
    job: Option<&JobContext>,
) -> Result<Row, Error> {
    let bytes = new.trained.forecaster.encode();
    // The file first: one that nobody names does no harm.
    let checksum = artefacts.put(&bytes).await?;
    let txn = platform.db.begin().await?;
    lock(&txn).await?;
    let newest: Option<i32> = Entity::find()
        .select_only()
        .column(Column::Version)
        .filter(Column::Kind.eq(new.kind))
        .filter(Column::Horizon.eq(new.horizon))
        .order_by_desc(Column::Version)
        .into_tuple()
        .one(&txn)
        .await?;
    let row = Row {
        id: Uuid::now_v7(),
        kind: new.kind,
        horizon: new.horizon,
        version: newest.unwrap_or(0) + 1,
        stage: Stage::Experimental,
        percent: 0,
        feature_version: new.snapshot.row.feature_version.clone(),
        snapshot_id: new.snapshot.row.id,
        settings: new.settings,
        report: serde_json::to_string(&new.trained.report).unwrap_or_default(),
        checksum,
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        duration_ms: i64::try_from(new.duration.as_millis()).unwrap_or(i64::MAX),
        known_at: platform.clock.now(),
    };
    Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(&txn).await?;
    loss::insert(&txn, row.id, &new.trained.tests).await?;
    if let Some(replaces) = new.replaces {
        jobs::enqueue(&txn, &platform.clock, &PromoteIfBetter { model: row.id, replaces }).await?;
    }
    if let Some(job) = job {
        // All or nothing: a worker that is killed in between leaves nothing to do twice.
        job.complete(&txn).await?;
    }
    txn.commit().await?;
    Ok(row)
}

/// Two trainings that end at the same time count one after the other.
async fn lock(txn: &DatabaseTransaction) -> Result<(), DbErr> {
    if txn.get_database_backend() == DbBackend::Postgres {
        txn.execute_unprepared("LOCK TABLE forecast_model IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    Ok(())
}

/// Who answers for a horizon.
#[derive(Clone, Debug)]
pub struct Answering {
    /// In production.
    pub present: Row,
    /// In staging, for its share of the symbols.
    pub trial: Option<Row>,
}

impl Answering {
    /// # Errors
    /// `NoModel` while no model is in production.
    pub async fn find(db: &impl ConnectionTrait, horizon: i32) -> Result<Self, Error> {
        if !HORIZONS.contains(&horizon) {
            return Err(Error::Horizon(horizon));
        }
        let answers = Condition::any().add(Column::Stage.eq(Stage::Production)).add(Column::Percent.gt(0));
        let rows = Entity::find().filter(Column::Horizon.eq(horizon)).filter(answers).all(db).await?;
        let (present, trial): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|row| row.stage == Stage::Production);
        let present = present.into_iter().next().ok_or(Error::NoModel(horizon))?;
        Ok(Self { present, trial: trial.into_iter().next() })
    }

    /// Who answers about a stock: always the same one, until somebody is promoted.
    pub fn about(&self, symbol: &Symbol) -> &Row {
        self.trial.as_ref().filter(|trial| is_tried_on(trial, symbol)).unwrap_or(&self.present)
    }
}

/// Each trial draws its symbols anew, so that no stock is the one on which everything is tried.
fn is_tried_on(trial: &Row, symbol: &Symbol) -> bool {
    let digest = Sha256::new().chain_update(trial.id).chain_update(symbol.as_str()).finalize();
    let drawn = digest.iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    i32::try_from(drawn % 100).is_ok_and(|drawn| drawn < trial.percent)
}

/// The models that predict each night: those that answer, then of those in staging the newest, at most `most`.
pub async fn predicting(db: &impl ConnectionTrait, most: u64) -> Result<Vec<Row>, Error> {
    let rows = Entity::find()
        .filter(Column::Stage.is_in([Stage::Production, Stage::Staging]))
        // PRODUCTION comes first, and those on trial lead the others.
        .order_by_asc(Column::Stage)
        .order_by_desc(Column::Percent)
        .order_by_desc(Column::Id);
    Ok(rows.limit(most).all(db).await?)
}

/// The models that answer, for all symbols or for a share of them.
pub async fn all_answering(db: &impl ConnectionTrait) -> Result<Vec<Row>, Error> {
    let answers = Condition::any().add(Column::Stage.eq(Stage::Production)).add(Column::Percent.gt(0));
    Ok(Entity::find().filter(answers).all(db).await?)
}

/// The models in a stage, the newest first, at most `most`.
pub async fn in_stage(db: &impl ConnectionTrait, stage: Stage, most: u64) -> Result<Vec<Row>, Error> {
    let rows = Entity::find().filter(Column::Stage.eq(stage)).order_by_desc(Column::Id);
    Ok(rows.limit(most).all(db).await?)
}

/// The models that answer, at most one for each of [`HORIZONS`].
pub async fn all_in_production(db: &impl ConnectionTrait) -> Result<Vec<Row>, Error> {
    in_stage(db, Stage::Production, HORIZONS.len() as u64).await
}

/// The model with that id.
pub async fn get(db: &impl ConnectionTrait, id: Uuid) -> Result<Row, Error> {
    Entity::find_by_id(id).one(db).await?.ok_or(Error::UnknownModel)
}

/// The models with `ids`, in any order.
pub async fn by_ids(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Row>, Error> {
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(db).await?)
}

/// Which models are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    pub kind: Option<Kind>,
    pub horizon: Option<i32>,
    pub stage: Option<Stage>,
}

/// One page of models, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    page: &PageRequest<(Uuid,)>,
) -> Result<Page<Row>, Error> {
    Ok(page.finish(page.apply(filtered(filter), &[Column::Id], &Order::Desc).all(db).await?))
}

pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, Error> {
    Ok(filtered(filter).count(db).await?)
}

fn filtered(filter: &Filter) -> Select<Entity> {
    let condition = Condition::all()
        .add_option(filter.kind.map(|kind| Column::Kind.eq(kind)))
        .add_option(filter.horizon.map(|horizon| Column::Horizon.eq(horizon)))
        .add_option(filter.stage.map(|stage| Column::Stage.eq(stage)));
    Entity::find().filter(condition)
}
