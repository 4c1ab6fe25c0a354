//! Which model answers: promoted past a gate, swapped in one transaction, and put back if it was a mistake.

use super::{
    Error, ModelPromoted, Predictor,
    loss::{self, Rivalry},
    model::{self, Answering, HORIZONS, Row, Stage},
};
use crate::{
    event,
    identity::{
        Actor, FreshTotp, Proof as _,
        audit::{self, Act},
    },
};
use entity::forecast::{
    forecast_model::{Column, Entity},
    model_promotion::{self, Model as Promotion},
};
use jobs::JobContext;
use ml::forecast::Report;
use platform::{Platform, database::Transaction};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, SqlErr, sea_query::Expr,
};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// The share of directions that a model must have been right about.
const ACCURACY: f64 = 0.55;
/// How seldom luck alone may be as good.
const LEVEL: f64 = 0.05;
/// For more of a hundred symbols than half a model on trial would be the one in production.
pub const MOST_PERCENT: i32 = 50;

/// What the model's own report says against answering with it; nothing, if it may.
///
/// It must have been better than the naive forecast by the test of Diebold and Mariano, and right about the direction of 55 %
/// of the days.
fn weaknesses(candidate: Option<&Report>) -> Vec<String> {
    let Some(candidate) = candidate else { return vec!["nothing was measured".to_owned()] };
    let mut objections = Vec::new();
    match candidate.quantiles_against_naive {
        Some(test) if test.is_significant(LEVEL) => {}
        Some(test) if test.mean_difference > 0.0 => objections.push("it is worse than naive".to_owned()),
        Some(test) => objections.push(format!("it is not better than naive (p = {:.2})", test.p_value)),
        None => objections.push("nothing tells whether it is better than naive".to_owned()),
    }
    let accuracy = candidate.scores.first().and_then(|scores| scores.accuracy);
    match accuracy.map(|accuracy| accuracy.share) {
        Some(share) if share >= ACCURACY => {}
        Some(share) => {
            objections.push(format!("it was right about {:.1} % of directions, not 55 %", 100.0 * share));
        }
        None => objections.push("nothing tells how often it was right about the direction".to_owned()),
    }
    objections
}

/// What speaks against taking the present model's place: being no better by the same test on the same days and stocks.
fn inferiority(rivalry: Option<Rivalry>) -> Option<String> {
    match rivalry.map(|rivalry| rivalry.comparison) {
        None => Some(
            "it cannot be compared with the present model, which was tested on other days or stocks"
                .to_owned(),
        ),
        Some(test) if test.mean_difference < 0.0 && test.p_value < LEVEL => None,
        Some(test) => Some(format!("it is not better than the present model (p = {:.2})", test.p_value)),
    }
}

/// Where a model shall go.
#[derive(Clone, Debug)]
pub struct Wish {
    pub model: Uuid,
    pub to: Stage,
    /// In staging: for so many of a hundred symbols it shall answer, at most [`MOST_PERCENT`].
    pub percent: i32,
    /// Why, if the gate objects.
    pub reason: Option<String>,
}

impl Wish {
    fn check(&self) -> Result<(), Error> {
        if self.to == Stage::Experimental {
            return Err(Error::Input("stage", "write STAGING or PRODUCTION"));
        }
        if !(0..=MOST_PERCENT).contains(&self.percent) {
            return Err(Error::Input("percent", "write a number from 0 to 50"));
        }
        if self.to == Stage::Production && self.percent > 0 {
            return Err(Error::Input("percent", "a model in production answers for all that no trial does"));
        }
        Ok(())
    }
}

/// Puts a model into staging or production; whose place it takes goes back to staging.
///
/// # Errors
/// `Gate` where the gate objects to its answering and nobody states a reason, `Artefact` if the model cannot be opened.
pub async fn promote(
    platform: &Platform,
    proof: &FreshTotp,
    predictor: &Predictor,
    wish: Wish,
) -> Result<Row, Error> {
    wish.check()?;
    let Wish { model: id, to, percent, reason } = wish;
    let row = model::get(platform.db.connection(), id).await?;
    // Nobody shall find out by asking it.
    predictor.open(&row).await?;
    let txn = platform.db.begin().await?;
    lock(&txn, row.horizon).await?;
    let row = model::get(&txn, id).await?;
    if (row.stage, row.percent) == (to, percent) {
        return Err(Error::SameStage(stage_name(to)));
    }
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    let objections = objections_to(&txn, &row, (to, percent)).await?;
    if !objections.is_empty() && reason.is_none() {
        return Err(Error::Gate(objections));
    }
    let way =
        Move { row, to, percent, reason, objections, is_rollback: false, action: "forecast.promote_model" };
    move_to(platform, proof.actor(), txn, way).await
}

/// What became of a model that may answer if it is better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Promoted,
    Refused(Vec<String>),
}

/// Puts a model into production in the place of `replaced` if the gate does not object and nobody has decided about either
/// meanwhile; the job is completed with it, and the audit log has it.
pub async fn promote_if_better(
    platform: &Platform,
    predictor: &Predictor,
    (row, replaced): (Row, Uuid),
    job: &JobContext,
) -> Result<Verdict, Error> {
    predictor.open(&row).await?;
    let txn = platform.db.begin().await?;
    lock(&txn, row.horizon).await?;
    let row = model::get(&txn, row.id).await?;
    if row.stage != Stage::Experimental || find_production(&txn, row.horizon).await? != Some(replaced) {
        return Ok(Verdict::Refused(vec!["somebody has decided otherwise meanwhile".to_owned()]));
    }
    let objections = objections(&txn, &row).await?;
    if !objections.is_empty() {
        return Ok(Verdict::Refused(objections));
    }
    job.complete(&txn).await?;
    let way = Move {
        row,
        to: Stage::Production,
        percent: 0,
        reason: None,
        objections,
        is_rollback: false,
        action: "forecast.promote_model",
    };
    move_to(platform, &Actor::system(), txn, way).await?;
    Ok(Verdict::Promoted)
}

/// What the gate says against production.
pub async fn objections(db: &impl ConnectionTrait, row: &Row) -> Result<Vec<String>, Error> {
    objections_to(db, row, (Stage::Production, 0)).await
}

async fn objections_to(
    db: &impl ConnectionTrait,
    row: &Row,
    (to, percent): (Stage, i32),
) -> Result<Vec<String>, Error> {
    if row.stage == Stage::Production && percent > 0 {
        return Err(Error::Input("percent", "it is in production: promote another model first"));
    }
    if row.stage == Stage::Production {
        return Ok(vec!["nobody would answer any more".to_owned()]);
    }
    if to != Stage::Production && percent == 0 {
        return Ok(Vec::new());
    }
    let present = match Answering::find(db, row.horizon).await {
        Ok(Answering { trial: Some(trial), .. }) if percent > 0 && trial.id != row.id => {
            return Err(Error::OnTrial(model::name(&trial)));
        }
        Ok(answering) => Some(answering.present),
        // Somebody must answer for the other symbols.
        Err(Error::NoModel(_)) if to == Stage::Production => None,
        Err(error) => return Err(error),
    };
    let mut objections = weaknesses(model::report(row).as_ref());
    if let Some(present) = present {
        objections.extend(inferiority(loss::compare(db, row, &present).await?));
    }
    Ok(objections)
}

/// Puts that model back which was in production before the present one.
pub async fn roll_back(
    platform: &Platform,
    proof: &FreshTotp,
    predictor: &Predictor,
    horizon: i32,
    reason: Option<String>,
) -> Result<Row, Error> {
    if !HORIZONS.contains(&horizon) {
        return Err(Error::Horizon(horizon));
    }
    let found = before(platform.db.connection(), horizon).await?;
    let row = model::get(platform.db.connection(), found).await?;
    predictor.open(&row).await?;
    let txn = platform.db.begin().await?;
    lock(&txn, horizon).await?;
    if before(&txn, horizon).await? != found {
        return Err(Error::Overtaken);
    }
    let row = model::get(&txn, found).await?;
    let way = Move {
        row,
        to: Stage::Production,
        percent: 0,
        reason,
        objections: Vec::new(),
        is_rollback: true,
        action: "forecast.rollback_model",
    };
    move_to(platform, proof.actor(), txn, way).await
}

/// Until the commit nobody else moves a model of that horizon.
async fn lock(txn: &DatabaseTransaction, horizon: i32) -> Result<(), DbErr> {
    let same = Entity::update_many().col_expr(Column::Horizon, Expr::value(horizon));
    same.filter(Column::Horizon.eq(horizon)).exec(txn).await?;
    Ok(())
}

/// Which model was in production before: promotions put one on top, and rollbacks take it away again.
async fn before(db: &impl ConnectionTrait, horizon: i32) -> Result<Uuid, Error> {
    let moves = model_promotion::Entity::find()
        .filter(model_promotion::Column::Horizon.eq(horizon))
        .filter(model_promotion::Column::ToStage.eq(Stage::Production))
        .order_by_asc(model_promotion::Column::Id)
        .all(db)
        .await?;
    let mut reigns: Vec<Uuid> = Vec::new();
    for Promotion { model_id, is_rollback, .. } in moves {
        if is_rollback {
            reigns.pop();
        } else {
            reigns.push(model_id);
        }
    }
    reigns.pop();
    reigns.pop().ok_or(Error::NothingBefore)
}

/// A model's way from one stage to another.
struct Move {
    row: Row,
    to: Stage,
    percent: i32,
    reason: Option<String>,
    /// What the gate had to say.
    objections: Vec<String>,
    is_rollback: bool,
    action: &'static str,
}

async fn move_to(platform: &Platform, actor: &Actor, txn: Transaction, way: Move) -> Result<Row, Error> {
    let Move { row, to, percent, reason, objections, is_rollback, action } = way;
    let (now, from) = (platform.clock.now(), row.stage);
    let mut replaced_id = None;
    if to == Stage::Production {
        replaced_id = find_production(&txn, row.horizon).await?;
        if let Some(replaced) = replaced_id {
            set_stage(&txn, replaced, (Stage::Staging, 0)).await?;
        }
    }
    set_stage(&txn, row.id, (to, percent)).await.map_err(overtaken)?;
    let promotion = Promotion {
        id: Uuid::now_v7(),
        model_id: row.id,
        horizon: row.horizon,
        from_stage: from,
        to_stage: to,
        replaced_id,
        is_rollback,
        reason: reason.clone(),
        known_at: now,
    };
    let event = ModelPromoted { promotion: promotion.id };
    let promotion = promotion.into_active_model().reset_all();
    model_promotion::Entity::insert(promotion).exec_without_returning(&txn).await?;
    let before = json!({ "stage": from, "percent": row.percent });
    let after = json!({ "stage": to, "percent": percent, "replaced": replaced_id, "reason": reason, "objections": objections });
    let act = Act::new(action).named("model", &model::name(&row)).changed(before, after);
    let appended = event::append(&txn, &platform.clock, &[event]).await?;
    audit::record(&txn, now, actor, act).await?;
    txn.commit().await?;
    platform.db.changes().count();
    appended.announce(platform.bus.as_ref()).await;
    model::announce(platform.bus.as_ref(), std::iter::once(row.id).chain(replaced_id)).await;
    Ok(Row { stage: to, percent, ..row })
}

async fn find_production(db: &impl ConnectionTrait, horizon: i32) -> Result<Option<Uuid>, Error> {
    match Answering::find(db, horizon).await {
        Ok(answering) => Ok(Some(answering.present.id)),
        Err(Error::NoModel(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn set_stage(txn: &DatabaseTransaction, id: Uuid, (stage, percent): (Stage, i32)) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Stage, Expr::value(stage.to_value()))
        .col_expr(Column::Percent, Expr::value(percent));
    update.filter(Column::Id.eq(id)).exec(txn).await?;
    Ok(())
}

/// Two models in production, or on trial, for one horizon are what the database itself refuses.
fn overtaken(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Error::Overtaken,
        _ => error.into(),
    }
}

/// A model that was moved, and the one whose place it took.
#[derive(Clone, Debug)]
pub struct Moved {
    pub promotion: Promotion,
    pub model: Row,
    pub replaced: Option<Row>,
}

/// The moves with `ids`, in any order, in two statements.
pub async fn by_ids(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Moved>, Error> {
    let rows = model_promotion::Entity::find().filter(model_promotion::Column::Id.is_in(ids)).all(db).await?;
    let models = rows.iter().flat_map(|one| std::iter::once(one.model_id).chain(one.replaced_id)).collect();
    let models: HashMap<Uuid, Row> =
        model::by_ids(db, models).await?.into_iter().map(|row| (row.id, row)).collect();
    let moved = |promotion: Promotion| {
        let model = models.get(&promotion.model_id)?.clone();
        let replaced = promotion.replaced_id.and_then(|id| models.get(&id)).cloned();
        Some(Moved { promotion, model, replaced })
    };
    Ok(rows.into_iter().filter_map(moved).collect())
}

/// A stage as the API writes it.
pub fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Experimental => "EXPERIMENTAL",
        Stage::Staging => "STAGING",
        Stage::Production => "PRODUCTION",
    }
}
