//! How good models are on texts that people have labelled: what was measured when, and how it compares with the version
//! before.

use super::Error;
use crate::insert::insert_all;
use chrono::{DateTime, Utc};
use entity::sentiment::model_evaluation::{Column, Entity};
pub use entity::sentiment::model_evaluation::{Exposure, Model as Row, ModelTask as Task};
use ml::metric::Confusion;
use platform::{Platform, hex};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DatabaseTransaction, DbBackend,
    EntityTrait as _, FromQueryResult, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{Alias, Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr},
};
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A read gives no more evaluations than this.
pub const MOST: u64 = 500;
/// How many classes a model tells apart: negative, neutral and positive.
pub const CLASSES: usize = 3;

/// How often each class was taken for which: by true class, then answer.
pub type Counts = [[u64; CLASSES]; CLASSES];

/// A model in a version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelVersion {
    pub model: String,
    pub version: String,
}

/// What models are measured on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dataset {
    /// The name of the file.
    pub name: String,
    pub checksum: String,
}

impl Dataset {
    /// Names texts and the numbers that stand for their labels; the same ones in the same order have the same checksum.
    pub fn new<'text>(name: String, rows: impl IntoIterator<Item = (&'text str, f64)>) -> Self {
        let mut hash = Sha256::new();
        for (text, value) in rows {
            // The length first, so that no two lists of texts run into the same bytes.
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
            hash.update(value.to_le_bytes());
        }
        Self { name, checksum: hex(&hash.finalize()) }
    }
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvaluation {
    pub task: Task,
    pub of: ModelVersion,
    pub dataset: Dataset,
    pub exposure: Exposure,
    pub confusion: Counts,
    /// Between scores and labels; `None` where one side is constant.
    pub pearson: Option<f64>,
    /// 0…1.
    pub calibration_error: f64,
}

/// How good a model is at one class; a share of nothing is `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Class {
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub f1: Option<f64>,
    pub support: u64,
}

/// An evaluation beside that of the version before.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub row: Row,
    /// The newest evaluation, until then, of another version of the model on the same data.
    pub previous: Option<Row>,
}

impl Standing {
    /// Whether the macro-F1 is lower than that of the version before by more than two standard errors of the difference,
    /// which chance alone brings about one time in forty.
    ///
    /// The error of the difference is √(s² + s′²), of each macro-F1's own ([`Confusion::macro_f1_error`]): as if both had
    /// been measured on different texts. On the same texts it is smaller, since both stumble over the same ones: what is
    /// called worse is worse, and small losses pass. Nor is anything worse than a version whose training, and it alone, saw
    /// these texts.
    pub fn is_worse(&self) -> bool {
        let Some(previous) = &self.previous else { return false };
        let was_trained = |row: &Row| row.exposure == Exposure::TrainedOn;
        if was_trained(previous) && !was_trained(&self.row) {
            return false;
        }
        let error = |row: &Row| Confusion::of(&counts(row)).macro_f1_error().unwrap_or_default();
        previous.macro_f1 - self.row.macro_f1 > 2.0 * error(&self.row).hypot(error(previous))
    }

    /// How good the model is at each class, in the order of the confusion.
    pub fn classes(&self) -> [Class; CLASSES] {
        let confusion = Confusion::of(&counts(&self.row));
        std::array::from_fn(|class| Class {
            precision: confusion.precision(class),
            recall: confusion.recall(class),
            f1: confusion.f1(class),
            support: confusion.support(class),
        })
    }
}

/// The counts of an evaluation; zeros where the row has no such JSON.
pub fn counts(row: &Row) -> Counts {
    serde_json::from_str(&row.confusion).unwrap_or_default()
}

/// Which evaluations are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub task: Option<Task>,
    pub model: Option<String>,
    pub dataset: Option<String>,
    pub since: Option<DateTime<Utc>>,
}

/// The newest evaluation of each model and version on each dataset, newest first, and at most [`MOST`]; in two statements.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter) -> Result<Vec<Standing>, Error> {
    #[derive(FromQueryResult)]
    struct Found {
        #[sea_orm(nested)]
        row: Row,
        previous_id: Option<Uuid>,
    }
    let wanted = Condition::all()
        .add_option(filter.task.map(|task| Column::Task.eq(task)))
        .add_option(filter.model.as_deref().map(|model| Column::Model.eq(model)))
        .add_option(filter.dataset.as_deref().map(|dataset| Column::Dataset.eq(dataset)))
        .add_option(filter.since.map(|since| Column::KnownAt.gte(since)));
    let found: Vec<Found> = Entity::find()
        .expr_as(previous(), "previous_id")
        .filter(wanted)
        .filter(is_newest())
        .order_by_desc(Column::Id)
        .limit(MOST)
        .into_model()
        .all(db)
        .await?;
    let ids: HashSet<Uuid> = found.iter().filter_map(|found| found.previous_id).collect();
    let rows = Entity::find().filter(Column::Id.is_in(ids)).all(db).await?;
    let before: HashMap<Uuid, Row> = rows.into_iter().map(|row| (row.id, row)).collect();
    let standing = |found: Found| Standing {
        previous: found.previous_id.and_then(|id| before.get(&id).cloned()),
        row: found.row,
    };
    Ok(found.into_iter().map(standing).collect())
}

/// The condition that nothing was measured since of the same model, version and dataset.
fn is_newest() -> SimpleExpr {
    let same = [Column::Task, Column::Model, Column::Version, Column::Dataset];
    let newer = other(&same).and_where(id_of_other().gt(own(Column::Id))).take();
    Expr::exists(newer).not()
}

/// The id of the newest evaluation before this one of another version on the same data.
fn previous() -> SimpleExpr {
    let mut before = other(&[Column::Task, Column::Model, Column::Checksum]);
    before
        .and_where(Expr::col((alias(), Column::Version)).ne(own(Column::Version)))
        .and_where(id_of_other().lt(own(Column::Id)))
        .order_by((alias(), Column::Id), sea_orm::Order::Desc)
        .limit(1);
    SimpleExpr::SubQuery(None, Box::new(before.into()))
}

/// The ids of evaluations that agree with this one in `same`.
fn other(same: &[Column]) -> SelectStatement {
    let mut select = Query::select();
    select.expr(id_of_other()).from_as(Entity, alias());
    for column in same {
        select.and_where(Expr::col((alias(), *column)).eq(own(*column)));
    }
    select
}

fn alias() -> Alias {
    Alias::new("other")
}

fn id_of_other() -> SimpleExpr {
    Expr::col((alias(), Column::Id))
}

fn own(column: Column) -> SimpleExpr {
    Expr::col((Entity, column))
}

/// Keeps what was measured, where it says anything new, and which models are in use; returns how many rows are new.
///
/// Whether a training saw the data stays known once it is.
pub async fn record(
    platform: &Platform,
    evaluations: &[NewEvaluation],
    in_use: &[ModelVersion],
) -> Result<usize, Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    lock(&txn).await?;
    let mut known = related(&txn, evaluations).await?;
    let before = known.len();
    for evaluation in evaluations {
        let row = row(evaluation, &known, now);
        if !known
            .iter()
            .rev()
            .find(|known| is_about_same(known, &row))
            .is_some_and(|known| says_same(known, &row))
        {
            known.push(row);
        }
    }
    let fresh = known.split_off(before);
    let stored = fresh.len();
    let rows = fresh.into_iter().map(|row| row.into_active_model().reset_all()).collect();
    insert_all(&txn, rows, None).await?;
    mark(&txn, in_use).await?;
    txn.commit().await?;
    Ok(stored)
}

/// Marks which models are in use; writes only where that is not known already.
pub async fn activate(platform: &Platform, in_use: &[ModelVersion]) -> Result<(), Error> {
    let outdated = Condition::any().add(is_wrongly(true, in_use)).add(is_wrongly(false, in_use));
    let db = platform.db.connection();
    if Entity::find().filter(outdated).one(db).await?.is_none() {
        return Ok(());
    }
    let txn = platform.db.begin().await?;
    mark(&txn, in_use).await?;
    Ok(txn.commit().await?)
}

async fn mark(txn: &DatabaseTransaction, in_use: &[ModelVersion]) -> Result<(), Error> {
    for was in [true, false] {
        Entity::update_many()
            .col_expr(Column::IsActive, Expr::val(!was))
            .filter(is_wrongly(was, in_use))
            .exec(txn)
            .await?;
    }
    Ok(())
}

/// The condition that a row of the sentiment is marked as in use, or not, and it is the other way.
fn is_wrongly(active: bool, in_use: &[ModelVersion]) -> Condition {
    let one = |of: &ModelVersion| {
        Condition::all().add(Column::Model.eq(&of.model)).add(Column::Version.eq(&of.version))
    };
    let any = in_use.iter().fold(Condition::any().add(Expr::val(false)), |any, of| any.add(one(of)));
    let is_used = if active { any.not() } else { any };
    Condition::all().add(Column::Task.eq(Task::Sentiment)).add(Column::IsActive.eq(active)).add(is_used)
}

/// Keeps two processes from recording the same at the same time.
async fn lock(txn: &DatabaseTransaction) -> Result<(), Error> {
    // On SQLite the transaction holds the only write lock already.
    if txn.get_database_backend() == DbBackend::Postgres {
        txn.execute_unprepared("LOCK TABLE model_evaluation IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    Ok(())
}

/// What is known of the models on the same data, oldest first.
async fn related(txn: &DatabaseTransaction, evaluations: &[NewEvaluation]) -> Result<Vec<Row>, Error> {
    let versions: HashSet<&str> = evaluations.iter().map(|new| new.of.version.as_str()).collect();
    let checksums: HashSet<&str> = evaluations.iter().map(|new| new.dataset.checksum.as_str()).collect();
    let rows = Entity::find()
        .filter(Column::Version.is_in(versions))
        .filter(Column::Checksum.is_in(checksums))
        .order_by_asc(Column::Id);
    Ok(rows.all(txn).await?)
}

fn row(new: &NewEvaluation, known: &[Row], now: DateTime<Utc>) -> Row {
    let confusion = Confusion::of(&new.confusion);
    let mut row = Row {
        id: Uuid::now_v7(),
        task: new.task,
        model: new.of.model.clone(),
        version: new.of.version.clone(),
        dataset: new.dataset.name.clone(),
        checksum: new.dataset.checksum.clone(),
        exposure: new.exposure,
        samples: i64::try_from(confusion.total()).unwrap_or(i64::MAX),
        accuracy: confusion.accuracy().unwrap_or_default(),
        macro_f1: confusion.macro_f1().unwrap_or_default(),
        pearson: new.pearson,
        calibration_error: new.calibration_error,
        confusion: serde_json::json!(new.confusion).to_string(),
        is_active: false,
        known_at: now,
    };
    if row.exposure == Exposure::Unknown {
        let told = known.iter().rev().filter(|known| is_on_same(known, &row)).map(|known| known.exposure);
        let mut told = told.filter(|told| *told != Exposure::Unknown);
        row.exposure = told.next().unwrap_or(Exposure::Unknown);
    }
    row
}

/// The same model in the same version on the same data, whatever they are called.
fn is_on_same(one: &Row, other: &Row) -> bool {
    let key = |row: &Row| (row.task, row.model.clone(), row.version.clone(), row.checksum.clone());
    key(one) == key(other)
}

fn is_about_same(one: &Row, other: &Row) -> bool {
    is_on_same(one, other) && one.dataset == other.dataset
}

/// Whether the numbers are the same, too.
fn says_same(one: &Row, other: &Row) -> bool {
    // Other machines, or threads, may round differently.
    let is_near = |one: f64, other: f64| (one - other).abs() < 1e-6;
    let correlates_same = match (one.pearson, other.pearson) {
        (Some(one), Some(other)) => is_near(one, other),
        (one, other) => one == other,
    };
    (one.exposure, &one.confusion) == (other.exposure, &other.confusion)
        && correlates_same
        && is_near(one.calibration_error, other.calibration_error)
}
