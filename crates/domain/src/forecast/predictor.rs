//! Answers with the models in production, and keeps what it said.

use super::{
    Artefacts, Error, History, Refusal, Snapshot, feature_set, live,
    model::{self, Answering, Kind, Row as ModelRow},
    prediction::{self, Role, Row},
    scoreboard::{self, Said},
    snapshot::{self, Plan},
    training::series,
};
use crate::{
    market::{Symbol, stock},
    news::post,
};
use chrono::{DateTime, TimeDelta, Utc};
use ml::{
    forecast::{Adaptive, Asked, Forecast, Forecaster, Series, Unforecastable},
    onnx::runtime::Runtime,
};
use moka::sync::Cache;
use platform::{Platform, calendar::Calendar, config::ModelsConfig};
use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::{Arc, Mutex as SyncMutex, PoisonError},
};
use tokio::{sync::Mutex, task::spawn_blocking};
use uuid::Uuid;

/// The most symbols at a time.
pub const MOST_SYMBOLS: usize = 500;
/// How long an answer is given again: until a bar or a post is new, and no longer than that.
const FRESH: TimeDelta = TimeDelta::seconds(600);
/// So many sessions without a bar, and a stock is halted, delisted or no longer collected.
const MOST_MISSED: usize = 5;
/// Models that stay open.
const MOST_OPEN: u64 = 16;

/// What came of a question about one stock.
pub type Answer = Result<Row, Refusal>;

/// Predicts; clones share the models that are open.
#[derive(Clone, Debug)]
pub struct Predictor {
    artefacts: Artefacts,
    /// Absent where the library is not there: our own forward pass says the same.
    runtime: Option<Runtime>,
    open: Cache<Uuid, Arc<Forecaster>>,
    /// Of each model one at a time computes: whoever asks the same finds the answer when it is their turn.
    turns: Arc<SyncMutex<HashMap<Uuid, Arc<Mutex<()>>>>>,
}

impl Predictor {
    /// Over the models in their folder, with ONNX Runtime where it is there.
    pub fn new(platform: &Platform, config: &ModelsConfig) -> Self {
        Self {
            artefacts: Artefacts::new(platform, config),
            runtime: runtime(&config.runtime),
            open: Cache::new(MOST_OPEN),
            turns: Arc::default(),
        }
    }

    pub fn artefacts(&self) -> &Artefacts {
        &self.artefacts
    }

    /// Predicts stocks with the model that answers about each, each once; in the order of `symbols`, without those that come twice.
    ///
    /// What was said within ten minutes is said again, unless a bar or a post became known since.
    ///
    /// # Errors
    /// `NoModel` without a model in production; what is wrong with one stock stands in its answer.
    pub async fn predict(
        &self,
        platform: &Platform,
        horizon: i32,
        symbols: &[Symbol],
    ) -> Result<Vec<(Symbol, Answer)>, Error> {
        if symbols.len() > MOST_SYMBOLS {
            return Err(Error::TooManySymbols(MOST_SYMBOLS));
        }
        let answering = Answering::find(platform.db.connection(), horizon).await?;
        let mut answers = HashMap::new();
        if let Some(trial) = &answering.trial {
            let its = symbols.iter().filter(|symbol| answering.about(symbol).id == trial.id);
            match self.ask_as(platform, (trial, Role::Answer), its.cloned().collect()).await {
                Ok(found) => answers = found,
                // Nobody shall suffer from what is only tried.
                Err(error) => {
                    let name = model::name(trial);
                    tracing::error!(model.name = name, %error, "{name} is on trial, and fails: the model in production answers");
                }
            }
        }
        let left = symbols.iter().filter(|symbol| !answers.contains_key(*symbol)).cloned().collect();
        answers.extend(self.ask_as(platform, (&answering.present, Role::Answer), left).await?);
        Ok(symbols.iter().filter_map(|symbol| answers.remove_entry(symbol)).collect())
    }

    /// Has a model say what it expects; of symbols that another one answers for it is kept beside the answers that are given.
    pub async fn ask(
        &self,
        platform: &Platform,
        model: &ModelRow,
        symbols: &[Symbol],
    ) -> Result<HashMap<Symbol, Answer>, Error> {
        let answering = match Answering::find(platform.db.connection(), model.horizon).await {
            Ok(answering) => Some(answering),
            Err(Error::NoModel(_)) => None,
            Err(error) => return Err(error),
        };
        let answers =
            |symbol: &Symbol| answering.as_ref().is_some_and(|who| who.about(symbol).id == model.id);
        let (its, others) = symbols.iter().cloned().partition(answers);
        let mut found = self.ask_as(platform, (model, Role::Answer), its).await?;
        found.extend(self.ask_as(platform, (model, Role::Shadow), others).await?);
        Ok(found)
    }

    async fn ask_as(
        &self,
        platform: &Platform,
        model: (&ModelRow, Role),
        symbols: Vec<Symbol>,
    ) -> Result<HashMap<Symbol, Answer>, Error> {
        if symbols.is_empty() {
            return Ok(HashMap::new());
        }
        let ids = stock::ids_of_symbols(platform.db.connection(), &symbols).await?;
        let stocks: BTreeMap<Uuid, Symbol> =
            symbols.iter().filter_map(|symbol| Some((*ids.get(symbol.as_str())?, symbol.clone()))).collect();
        let mut answers = self.fresh(platform, model, &stocks).await?;
        if answers.len() < stocks.len() {
            let turn = self.turn(model.0.id);
            let _turn = turn.lock().await;
            answers.extend(self.fresh(platform, model, &stocks).await?);
            let left: BTreeMap<Uuid, Symbol> =
                stocks.into_iter().filter(|(stock, _)| !answers.contains_key(stock)).collect();
            if !left.is_empty() {
                answers.extend(self.compute(platform, model, left).await?);
            }
        }
        let answer = |symbol: Symbol| {
            let answer = ids.get(symbol.as_str()).and_then(|stock| answers.get(stock)).cloned();
            (symbol, answer.unwrap_or(Err(Refusal::UnknownSymbol)))
        };
        Ok(symbols.into_iter().map(answer).collect())
    }

    fn turn(&self, model: Uuid) -> Arc<Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.entry(model).or_default().clone()
    }

    /// What was said lately, and would be said again.
    async fn fresh(
        &self,
        platform: &Platform,
        (model, role): (&ModelRow, Role),
        stocks: &BTreeMap<Uuid, Symbol>,
    ) -> Result<HashMap<Uuid, Answer>, Error> {
        let since = platform.clock.now() - FRESH;
        let stocks: Vec<Uuid> = stocks.keys().copied().collect();
        let rows = prediction::still_good(platform.db.connection(), (model.id, role), &stocks, since).await?;
        Ok(rows.into_iter().map(|row| (row.stock_id, Ok(row))).collect())
    }

    async fn compute(
        &self,
        platform: &Platform,
        (model, role): (&ModelRow, Role),
        stocks: BTreeMap<Uuid, Symbol>,
    ) -> Result<HashMap<Uuid, Answer>, Error> {
        let forecaster = self.open(model).await?;
        let ids: HashMap<String, Uuid> =
            stocks.iter().map(|(stock, symbol)| (symbol.to_string(), *stock)).collect();
        let mut answers: HashMap<Uuid, Answer> =
            stocks.keys().map(|stock| (*stock, Err(Refusal::NoBars))).collect();
        let now = platform.clock.now();
        let as_of = post::scored_until(platform.db.connection(), now).await?;
        let snapshots = snapshots(platform, model, stocks.into_values().collect(), as_of).await?;
        let stocks: Vec<Uuid> = ids.values().copied().collect();
        let live = live::by_stocks(platform.db.connection(), model.id, &stocks).await?;
        let asked = |snapshot: &Snapshot| {
            let stock = snapshot.histories.first().and_then(|history| ids.get(&history.symbol));
            let covered = stock.and_then(|stock| live.get(stock)).copied().unwrap_or_default();
            Adaptive::after(forecaster.horizon(), covered).asked()
        };
        let asked = snapshots.iter().map(asked).collect();
        let (snapshots, forecasts) = forecast(forecaster, snapshots, asked).await?;
        let mut said = Vec::new();
        for (snapshot, forecast) in snapshots.into_iter().zip(forecasts) {
            let Some(history) = snapshot.histories.first() else { continue };
            let Some(stock) = ids.get(&history.symbol).copied() else { continue };
            match judge(history, forecast, model.horizon, (as_of, now)) {
                Ok(forecast) => said.push(Said { stock, snapshot, forecast }),
                Err(refusal) => drop(answers.insert(stock, Err(refusal))),
            }
        }
        let rows = scoreboard::commit(platform, (model, role), &said).await?;
        answers.extend(rows.into_iter().map(|row| (row.stock_id, Ok(row))));
        Ok(answers)
    }

    /// ONNX Runtime, if it is there.
    pub(super) fn runtime(&self) -> Option<&Runtime> {
        self.runtime.as_ref()
    }

    /// The model of a row, opened once.
    pub async fn open(&self, model: &ModelRow) -> Result<Arc<Forecaster>, Error> {
        if let Some(forecaster) = self.open.get(&model.id) {
            return Ok(forecaster);
        }
        if model.kind == Kind::Own && self.runtime.is_none() {
            return Err(Error::NoRuntime);
        }
        let bytes = self.artefacts.get(&model.checksum).await?;
        let (path, runtime) = (self.artefacts.path(&model.checksum), self.runtime.clone());
        let opened = spawn_blocking(move || open(&bytes, runtime.as_ref(), &path)).await?;
        let forecaster = Arc::new(opened.map_err(|error| {
            let name = model::name(model);
            tracing::error!(model.name = name, %error, "A model does not open");
            Error::Artefact(name, "it does not open")
        })?);
        self.open.insert(model.id, forecaster.clone());
        Ok(forecaster)
    }
}

fn runtime(library: &Path) -> Option<Runtime> {
    if !library.is_file() {
        return None;
    }
    Runtime::load(library)
        .inspect_err(|error| tracing::warn!(%error, "Models are computed without ONNX Runtime"))
        .ok()
}

fn open(bytes: &[u8], runtime: Option<&Runtime>, file: &Path) -> Result<Forecaster, ml::forecast::Error> {
    let forecaster = Forecaster::decode(bytes)?;
    match runtime {
        Some(runtime) => forecaster.with_runtime(runtime, file),
        None => Ok(forecaster),
    }
}

/// A snapshot of each stock that has a bar, as everything was known at a moment whose posts are all scored.
async fn snapshots(
    platform: &Platform,
    model: &ModelRow,
    symbols: Vec<Symbol>,
    as_of: DateTime<Utc>,
) -> Result<Vec<Snapshot>, Error> {
    // Of a session that is under way there is nothing to see yet.
    let last = Calendar::new_york().last_closed_session(as_of).day;
    let features = feature_set(&model.feature_version)?;
    let first = last.checked_sub_days(snapshot::LOOK_BACK).unwrap_or(last);
    snapshot::build_each(platform, &Plan { features, symbols, first, last, as_of }).await
}

type Forecasts = Vec<Result<Forecast, Unforecastable>>;

async fn forecast(
    forecaster: Arc<Forecaster>,
    snapshots: Vec<Snapshot>,
    asked: Vec<Asked>,
) -> Result<(Vec<Snapshot>, Forecasts), Error> {
    let computed = spawn_blocking(move || {
        let stocks = snapshots.iter().flat_map(|one| one.histories.iter().zip(&one.matrices));
        let panel: Vec<Series> = stocks.map(|(history, matrix)| series(history, matrix)).collect();
        let forecasts = forecaster.forecast(&panel, &asked);
        (snapshots, forecasts)
    });
    Ok(computed.await?)
}

/// Refuses what a forecast can't be made of, and one about a stock that trades no more.
fn judge(
    history: &History,
    forecast: Result<Forecast, Unforecastable>,
    horizon: i32,
    (as_of, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Forecast, Refusal> {
    let Some(last) = history.days.last().copied() else { return Err(Refusal::NoBars) };
    let calendar = Calendar::new_york();
    let closed = calendar.last_closed_session(now).day;
    let missed =
        last.succ_opt().map_or(0, |next| calendar.sessions(next, closed).take(MOST_MISSED + 1).count());
    if missed > MOST_MISSED {
        return Err(Refusal::Stale(last));
    }
    // What everyone knows already is no prediction.
    if scoreboard::target(last, horizon) <= closed {
        let waits_for_scores = calendar.last_closed_session(as_of).day < closed;
        return Err(if waits_for_scores { Refusal::Unscored } else { Refusal::Late(last) });
    }
    forecast.map_err(|refused| match refused {
        Unforecastable::Failed(why) => {
            tracing::error!(stock.symbol = history.symbol, why, "A model failed");
            Refusal::Failed
        }
        other => Refusal::Unforecastable(other),
    })
}
