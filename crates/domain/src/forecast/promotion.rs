//! Which model answers: promoted past a gate, swapped in one transaction, and put back if it was a mistake.

use super::{
    Error, Predictor,
    model::{self, HORIZONS, Row, Stage},
};
use crate::identity::{
    FreshTotp, Proof as _,
    audit::{self, Act},
};
use entity::forecast::{
    forecast_model::{Column, Entity},
    model_promotion::{self, Model as Promotion},
};
use ml::forecast::{Report, Scores};
use platform::{Platform, database::Transaction};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, SqlErr, sea_query::Expr,
};
use serde_json::json;
use uuid::Uuid;

/// The share of directions that a model must have been right about.
const ACCURACY: f64 = 0.55;
/// How seldom luck alone may be as good.
const LEVEL: f64 = 0.05;

/// What speaks against answering with a model, given the one that answers now; nothing, if it may.
///
/// It must have been better than the naive forecast by the test of Diebold and Mariano, right about the direction of 55 %
/// of the days, and, beside the naive forecast of its own days, better than the present model beside that of its own.
pub fn objections(candidate: Option<&Report>, present: Option<&Report>) -> Vec<String> {
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
    if let (Some(mine), Some(theirs)) = (skill(candidate), present.and_then(skill))
        && mine <= theirs
    {
        objections.push(format!(
            "it gains {:.2} % over naive, and the present model {:.2} %",
            100.0 * mine,
            100.0 * theirs
        ));
    }
    objections
}

/// By how much the pinball loss is below that of the naive forecast, as a share.
fn skill(report: &Report) -> Option<f64> {
    let of = |name: fn(&Scores) -> bool| report.scores.iter().find(|scores| name(scores));
    let (model, naive) = (report.scores.first()?, of(|scores| scores.name == "naive")?);
    (naive.pinball > 0.0).then(|| 1.0 - model.pinball / naive.pinball)
}

/// Puts a model into staging or production; whose place it takes goes back to staging.
///
/// # Errors
/// `Gate` where the gate objects to production and nobody states a reason, `Artefact` if the model cannot be opened.
pub async fn promote(
    platform: &Platform,
    proof: &FreshTotp,
    predictor: &Predictor,
    (id, to): (Uuid, Stage),
    reason: Option<String>,
) -> Result<Row, Error> {
    if to == Stage::Experimental {
        return Err(Error::Input("stage", "write STAGING or PRODUCTION"));
    }
    let row = model::get(platform.db.connection(), id).await?;
    // Nobody shall find out by asking it.
    predictor.open(&row).await?;
    let txn = platform.db.begin().await?;
    lock(&txn, row.horizon).await?;
    let row = model::get(&txn, id).await?;
    if row.stage == to {
        return Err(Error::SameStage(stage_name(to)));
    }
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    let objections = match (row.stage, to) {
        (_, Stage::Production) => {
            let present = find_production(&txn, row.horizon).await?;
            let present = present.as_ref().and_then(model::report);
            objections(model::report(&row).as_ref(), present.as_ref())
        }
        (Stage::Production, _) => vec!["nobody would answer any more".to_owned()],
        _ => Vec::new(),
    };
    if !objections.is_empty() && reason.is_none() {
        return Err(Error::Gate(objections));
    }
    let way = Move { row, to, reason, objections, is_rollback: false, action: "forecast.promote_model" };
    move_to(platform, proof, txn, way).await
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
        reason,
        objections: Vec::new(),
        is_rollback: true,
        action: "forecast.rollback_model",
    };
    move_to(platform, proof, txn, way).await
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
    reason: Option<String>,
    /// What the gate had to say.
    objections: Vec<String>,
    is_rollback: bool,
    action: &'static str,
}

async fn move_to(platform: &Platform, proof: &FreshTotp, txn: Transaction, way: Move) -> Result<Row, Error> {
    let Move { row, to, reason, objections, is_rollback, action } = way;
    let (now, from) = (platform.clock.now(), row.stage);
    let mut replaced_id = None;
    if to == Stage::Production {
        replaced_id = find_production(&txn, row.horizon).await?.map(|row| row.id);
        if let Some(replaced) = replaced_id {
            set_stage(&txn, replaced, Stage::Staging).await?;
        }
    }
    set_stage(&txn, row.id, to).await.map_err(overtaken)?;
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
    let promotion = promotion.into_active_model().reset_all();
    model_promotion::Entity::insert(promotion).exec_without_returning(&txn).await?;
    let before = json!({ "stage": from });
    let after = json!({ "stage": to, "replaced": replaced_id, "reason": reason, "objections": objections });
    let act = Act::new(action).named("model", &model::name(&row)).changed(before, after);
    audit::record(&txn, now, proof.actor(), act).await?;
    txn.commit().await?;
    platform.db.changes().count();
    Ok(Row { stage: to, ..row })
}

async fn find_production(db: &impl ConnectionTrait, horizon: i32) -> Result<Option<Row>, Error> {
    match model::production(db, horizon).await {
        Ok(row) => Ok(Some(row)),
        Err(Error::NoModel(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn set_stage(txn: &DatabaseTransaction, id: Uuid, stage: Stage) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::Stage, Expr::value(stage.to_value()));
    update.filter(Column::Id.eq(id)).exec(txn).await?;
    Ok(())
}

/// Two models in production for one horizon are what the database itself refuses.
fn overtaken(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Error::Overtaken,
        _ => error.into(),
    }
}

/// A stage as the API writes it.
pub fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Experimental => "EXPERIMENTAL",
        Stage::Staging => "STAGING",
        Stage::Production => "PRODUCTION",
    }
}
