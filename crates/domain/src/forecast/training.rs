//! Models are trained on a snapshot, measured on days that they did not see, and put on record as experiments.

use super::{
    Artefacts, Error, FeatureSet, TrainModel,
    model::{self, HORIZONS, Kind, Row},
    snapshot::{self, Plan},
};
use crate::{
    identity::{
        FreshTotp, Proof as _,
        audit::{self, Act},
    },
    market::{Symbol, watchlist},
    news::post,
};
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use jobs::JobContext;
use ml::forecast::{Error as TrainingError, Progress, Series, Settings, Trained, train as train_panel};
use platform::Platform;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Instant,
};
use tokio::{sync::watch, task::spawn_blocking};
use uuid::Uuid;

/// The most stocks to train on.
const MOST_SYMBOLS: usize = 1000;

/// What to train, and on what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub kind: Kind,
    /// Trading days ahead: 1 or 5.
    pub horizon: i32,
    /// None means the watch-list.
    pub symbols: Vec<Symbol>,
    pub first: NaiveDate,
    /// `None` means today.
    pub last: Option<NaiveDate>,
    /// Nothing that became known later is looked at; `None` means now.
    pub as_of: Option<DateTime<Utc>>,
    /// 1.0.0 or 2.0.0.
    pub feature_version: String,
    /// How many settings are tried, 1 to 100.
    pub trials: u32,
    /// How many times the model is trained on the past and tested on what came then, 1 to 20.
    pub folds: u32,
    /// The most trees of a quantile, or epochs of a network; `None` as is usual for the kind.
    pub rounds: Option<u32>,
    pub seed: u32,
}

impl Request {
    /// The usual way to train a kind of model.
    pub fn new(kind: Kind, horizon: i32, first: NaiveDate) -> Self {
        Self {
            kind,
            horizon,
            symbols: Vec::new(),
            first,
            last: None,
            as_of: None,
            feature_version: FeatureSet::V2.version().to_owned(),
            trials: 1,
            folds: 5,
            rounds: None,
            seed: 0,
        }
    }

    fn check(&self) -> Result<FeatureSet, Error> {
        if !HORIZONS.contains(&self.horizon) {
            return Err(Error::Horizon(self.horizon));
        }
        let ranges = [
            ("symbols", self.symbols.len() <= MOST_SYMBOLS, "at most 1000"),
            ("trials", (1..=100).contains(&self.trials), "write a number from 1 to 100"),
            ("folds", (1..=20).contains(&self.folds), "write a number from 1 to 20"),
            (
                "rounds",
                self.rounds.is_none_or(|rounds| (1..=10_000).contains(&rounds)),
                "write a number from 1 to 10000",
            ),
        ];
        if let Some((field, _, message)) = ranges.into_iter().find(|(_, fits, _)| !fits) {
            return Err(Error::Input(field, message));
        }
        FeatureSet::find(&self.feature_version)
            .ok_or_else(|| Error::UnknownVersion(self.feature_version.clone()))
    }

    fn settings(&self, features: FeatureSet) -> Settings {
        Settings {
            folds: self.folds as usize,
            trials: self.trials as usize,
            rounds: self.rounds.map(|rounds| rounds as usize),
            seed: self.seed.into(),
            ..Settings::new(
                model::kind(self.kind),
                features.names().map(str::to_owned).collect(),
                usize::try_from(self.horizon).unwrap_or_default(),
            )
        }
    }
}

/// Asks for a model to be trained; returns the job.
pub async fn ask(platform: &Platform, proof: &FreshTotp, request: Request) -> Result<Uuid, Error> {
    request.check()?;
    let txn = platform.db.begin().await?;
    let job = jobs::enqueue(&txn, &platform.clock, &TrainModel { request: request.clone() }).await?;
    let act = Act::new("forecast.train_model").on("job", job).made(json!(request));
    audit::record(&txn, platform.clock.now(), proof.actor(), act).await?;
    txn.commit().await?;
    jobs::announce(platform.bus.as_ref(), job).await;
    Ok(job)
}

/// Trains a model; how far it is can be watched in `progress`. Stops soon after it is dropped. A `job` that asked for it is
/// completed with it.
pub async fn train(
    platform: &Platform,
    artefacts: &Artefacts,
    request: &Request,
    progress: watch::Sender<Option<Progress>>,
    job: Option<&JobContext>,
) -> Result<Row, Error> {
    let features = request.check()?;
    let started = Instant::now();
    let plan = plan(platform.db.connection(), platform.clock.now(), request, features).await?;
    let snapshot = snapshot::build(platform, &plan).await?;
    let panel: Vec<Series> =
        snapshot.histories.iter().zip(&snapshot.matrices).map(|(one, matrix)| series(one, matrix)).collect();
    let trained = compute(panel, request.settings(features), progress).await?;
    let new = model::New {
        kind: request.kind,
        horizon: request.horizon,
        settings: serde_json::to_string(request).unwrap_or_default(),
        snapshot: &snapshot,
        trained: &trained,
        duration: started.elapsed(),
    };
    model::insert(platform, artefacts, new, job).await
}

/// A stock as models see it.
pub(super) fn series(history: &super::History, features: &ml::matrix::Matrix) -> Series {
    Series {
        days: history.days.iter().map(NaiveDate::num_days_from_ce).collect(),
        features: features.clone(),
        closes: history.values.iter().map(|day| day.close).collect(),
    }
}

async fn plan(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    request: &Request,
    features: FeatureSet,
) -> Result<Plan, Error> {
    let symbols =
        if request.symbols.is_empty() { watchlist::symbols(db).await? } else { request.symbols.clone() };
    // Posts that come all the time must not keep anybody from learning.
    let as_of = match request.as_of {
        Some(as_of) => as_of.min(now),
        None => post::scored_until(db, now).await?,
    };
    let last = request.last.unwrap_or(as_of.date_naive());
    Ok(Plan { features, symbols, first: request.first, last, as_of })
}

/// Says to the thread that computes that nobody waits any more.
struct Abandoned(Arc<AtomicBool>);

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

async fn compute(
    panel: Vec<Series>,
    settings: Settings,
    progress: watch::Sender<Option<Progress>>,
) -> Result<Trained, Error> {
    let is_abandoned = Arc::new(AtomicBool::new(false));
    let _abandoned = Abandoned(is_abandoned.clone());
    let trained = spawn_blocking(move || {
        train_panel(&panel, &settings, |now| {
            progress.send_replace(Some(*now));
            if is_abandoned.load(Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    });
    trained.await?.map_err(|error: TrainingError| Error::Training(error.to_string()))
}
