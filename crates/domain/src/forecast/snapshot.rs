//! Feature snapshots: build them, find them, make them again.

use super::{Error, Health, History, feature_set, history};
use crate::{
    insert::insert_all,
    market::{Symbol, stock},
    news::post,
};
use chrono::{DateTime, Days, NaiveDate, Utc};
pub use entity::forecast::feature_snapshot::Model as Row;
use entity::forecast::feature_snapshot::{Column, Entity, Model};
use ml::{feature::FeatureSet, matrix::Matrix};
use platform::{Platform, hex};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::OnConflict,
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};
use tokio::task::spawn_blocking;
use uuid::Uuid;

/// Changes when the same inputs would get another id.
const KIND: &[u8] = b"bellwether feature snapshot 1";

/// How far back features of a day look: all averages have settled by then.
pub(super) const LOOK_BACK: Days = Days::new(400);

/// Which features of which stocks and days, as they were known when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub features: FeatureSet,
    pub symbols: Vec<Symbol>,
    /// What was before is not looked at: averages begin here.
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub as_of: DateTime<Utc>,
}

/// Features, and what they were made from.
#[derive(Clone)]
pub struct Snapshot {
    pub row: Row,
    pub features: FeatureSet,
    /// By symbol; only stocks that have a bar.
    pub histories: Vec<History>,
    /// One for each history, a row for each of its days.
    pub matrices: Vec<Matrix>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("id", &self.row.id).finish_non_exhaustive()
    }
}

/// Builds features and stores how; the same inputs have the same id, and are stored once.
///
/// Reads in five statements, whatever there is, and computes off the async threads.
///
/// # Errors
/// `Unscored` while posts wait whose scores would belong into it.
pub async fn build(platform: &Platform, plan: &Plan) -> Result<Snapshot, Error> {
    let db = platform.db.connection();
    let waiting = post::count_unscored(db, plan.as_of).await?;
    if waiting > 0 {
        return Err(Error::Unscored(waiting));
    }
    let snapshot = make(db, plan).await?;
    let mut stored = store(platform, vec![snapshot]).await?;
    stored.pop().ok_or(Error::NoStock)
}

/// Builds a snapshot for each stock of the plan that has a bar; for those who ask about one stock at a time.
///
/// Reads and writes in as many statements for many as for one.
pub(super) async fn build_each(platform: &Platform, plan: &Plan) -> Result<Vec<Snapshot>, Error> {
    let db = platform.db.connection();
    let stocks = stocks(db, &plan.symbols).await?;
    let histories = history::read(db, &stocks, (plan.first, plan.last), plan.as_of).await?;
    let plan = plan.clone();
    let snapshots = spawn_blocking(move || {
        let one = |history: History| {
            let symbols = history.symbol.parse().into_iter().collect();
            compute(&Plan { symbols, ..plan.clone() }, vec![history], Depth::Shallow)
        };
        histories.into_iter().map(one).collect()
    });
    store(platform, snapshots.await?).await
}

/// Stores how snapshots were made, unless that is known.
async fn store(platform: &Platform, snapshots: Vec<Snapshot>) -> Result<Vec<Snapshot>, Error> {
    let (db, now) = (platform.db.connection(), platform.clock.now());
    let new = |snapshot: &Snapshot| Row { known_at: now, ..snapshot.row.clone() };
    let rows = snapshots.iter().map(|snapshot| new(snapshot).into_active_model().reset_all()).collect();
    let once = OnConflict::column(Column::Id).do_nothing().to_owned();
    insert_all(db, rows, Some(once)).await?;
    // The one that came first says when the inputs were known first.
    let rows = by_ids(db, snapshots.iter().map(|snapshot| snapshot.row.id).collect()).await?;
    let mut rows: HashMap<Uuid, Row> = rows.into_iter().map(|row| (row.id, row)).collect();
    let stored = |snapshot: Snapshot| {
        let row = rows.remove(&snapshot.row.id).unwrap_or(snapshot.row.clone());
        let is_same = row.checksum == snapshot.row.checksum;
        if is_same { Ok(Snapshot { row, ..snapshot }) } else { Err(Error::Expired(row.id)) }
    };
    snapshots.into_iter().map(stored).collect()
}

/// Makes the features of a snapshot again, and checks that they are the same to the bit.
///
/// # Errors
/// `Expired` where what it was made from is not all there any more; erased texts take nothing away.
pub async fn remake(db: &impl ConnectionTrait, id: Uuid) -> Result<Snapshot, Error> {
    let row = find(db, id).await?;
    let again = match make(db, &plan(&row)?).await {
        Err(Error::NoBars { .. } | Error::UnknownSymbol(_)) => return Err(Error::Expired(id)),
        again => again?,
    };
    if (again.row.id, &again.row.checksum) != (row.id, &row.checksum) {
        return Err(Error::Expired(id));
    }
    Ok(Snapshot { row, ..again })
}

/// The snapshot with that id.
pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Row, Error> {
    Entity::find_by_id(id).one(db).await?.ok_or(Error::NotFound(id))
}

/// The snapshots with `ids`, in any order.
pub async fn by_ids(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Row>, Error> {
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(db).await?)
}

/// The newest snapshots, newest first.
pub async fn list(db: &impl ConnectionTrait, most: u64) -> Result<Vec<Row>, Error> {
    Ok(Entity::find().order_by_desc(Column::KnownAt).order_by_asc(Column::Id).limit(most).all(db).await?)
}

/// What is odd about a snapshot's features.
pub fn health(row: &Row) -> Health {
    serde_json::from_str(&row.health).unwrap_or_default()
}

/// The symbols that were asked for.
pub fn symbols(row: &Row) -> Vec<String> {
    serde_json::from_str(&row.symbols).unwrap_or_default()
}

fn plan(row: &Row) -> Result<Plan, Error> {
    let features = feature_set(&row.feature_version)?;
    let symbols = symbols(row).iter().filter_map(|symbol| symbol.parse().ok()).collect();
    Ok(Plan { features, symbols, first: row.first_day, last: row.last_day, as_of: row.as_of })
}

async fn make(db: &impl ConnectionTrait, plan: &Plan) -> Result<Snapshot, Error> {
    let (first, last) = (plan.first, plan.last);
    if last < first {
        return Err(Error::NoDays { first, last });
    }
    let stocks = stocks(db, &plan.symbols).await?;
    let histories = history::read(db, &stocks, (first, last), plan.as_of).await?;
    if histories.is_empty() {
        return Err(Error::NoBars { first, last });
    }
    let plan = plan.clone();
    Ok(spawn_blocking(move || compute(&plan, histories, Depth::Whole)).await?)
}

async fn stocks(db: &impl ConnectionTrait, symbols: &[Symbol]) -> Result<BTreeMap<Uuid, String>, Error> {
    if symbols.is_empty() {
        return Err(Error::NoStock);
    }
    let ids = stock::ids_of_symbols(db, symbols).await?;
    let known = |symbol: &Symbol| {
        let id = ids.get(symbol.as_str()).ok_or_else(|| Error::UnknownSymbol(symbol.to_string()))?;
        Ok((*id, symbol.to_string()))
    };
    symbols.iter().map(known).collect()
}

/// How much is looked at.
#[derive(Clone, Copy)]
enum Depth {
    /// What is odd about the features, too.
    Whole,
    /// The features alone: of one stock at a time there is little to compare, and someone waits.
    Shallow,
}

fn compute(plan: &Plan, histories: Vec<History>, depth: Depth) -> Snapshot {
    let features = plan.features;
    let matrices: Vec<Matrix> = histories.iter().map(|history| features.build(&history.values)).collect();
    let names: Vec<&str> = features.names().collect();
    let all: Vec<f32> = matrices.iter().flat_map(Matrix::values).copied().collect();
    let (id, checksum) = (identify(features, &histories), checksum(&all));
    let health = match depth {
        Depth::Whole => Matrix::new(names.len(), all).map(|all| Health::of(&all, &names)).unwrap_or_default(),
        Depth::Shallow => Health::default(),
    };
    let mut symbols: Vec<&str> = plan.symbols.iter().map(Symbol::as_str).collect();
    symbols.sort_unstable();
    symbols.dedup();
    let count = |of: fn(&History) -> usize| {
        i64::try_from(histories.iter().map(of).sum::<usize>()).unwrap_or(i64::MAX)
    };
    let row = Model {
        id,
        feature_version: features.version().to_owned(),
        symbols: serde_json::to_string(&symbols).unwrap_or_default(),
        first_day: plan.first,
        last_day: plan.last,
        as_of: plan.as_of,
        row_count: count(|history| history.days.len()),
        bar_count: count(|history| history.bars.len()),
        post_count: count(|history| history.moods.len()),
        checksum,
        health: serde_json::to_string(&health).unwrap_or_default(),
        known_at: plan.as_of,
    };
    Snapshot { row, features, histories, matrices }
}

/// The beginning of the SHA-256 of all inputs.
fn identify(features: FeatureSet, histories: &[History]) -> Uuid {
    let mut digest = Sha256::new_with_prefix(KIND);
    digest.update(features.version());
    for history in histories {
        history.digest(&mut digest);
    }
    let digest: [u8; 32] = digest.finalize().into();
    let start: [u8; 16] = std::array::from_fn(|index| digest[index]);
    Uuid::new_v8(start)
}

/// Of all numbers in their order; what is missing is missing in one way only.
fn checksum(values: &[f32]) -> String {
    let mut digest = Sha256::new();
    for value in values {
        let bits = if value.is_nan() { f32::NAN.to_bits() } else { value.to_bits() };
        digest.update(bits.to_le_bytes());
    }
    hex(&digest.finalize())
}
