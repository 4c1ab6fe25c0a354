//! Models are trained on a snapshot, measured on days that they did not see, and put on record as experiments.

use super::{
    Artefacts, Error, FeatureSet, Predictor, TrainModel, feature_set,
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
use ml::forecast::{
    Candidate, Error as TrainingError, Progress, Series, Settings, Trained, adopt as adopt_model,
    train as train_panel,
};
pub use ml::forecast::{Combination, Manifest};
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

/// Who may be in an ensemble.
const MEMBERS: [Kind; 3] = [Kind::Trees, Kind::Lstm, Kind::Tft];

/// What somebody says of their own model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Own {
    pub manifest: Manifest,
    /// The last day that it may have seen anything of.
    pub trained_until: NaiveDate,
}

/// What to train, and on what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub kind: Kind,
    /// Of an ensemble: two or three other kinds.
    #[serde(default)]
    pub members: Vec<Kind>,
    /// How an ensemble weighs them.
    #[serde(default)]
    pub combination: Combination,
    /// Somebody's own model.
    #[serde(default)]
    pub own: Option<Own>,
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
            members: Vec::new(),
            combination: Combination::default(),
            own: None,
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
        let are_members = if self.kind == Kind::Ensemble {
            (2..=3).contains(&self.members.len())
        } else {
            self.members.is_empty()
        };
        let are_others = self
            .members
            .iter()
            .enumerate()
            .all(|(place, member)| MEMBERS.contains(member) && !self.members[..place].contains(member));
        let ranges = [
            ("kind", (self.kind == Kind::Own) == self.own.is_some(), "your own model comes by `models add`"),
            (
                "members",
                are_members && are_others,
                "an ensemble has two or three different ones of TREES, LSTM and TFT, and nothing else has any",
            ),
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
        feature_set(&self.feature_version)
    }

    fn settings(&self, features: FeatureSet) -> Settings {
        Settings {
            members: self.members.iter().copied().map(model::kind).collect(),
            combination: self.combination,
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
    let job = jobs::enqueue(&txn, &platform.clock, &TrainModel { request: request.clone(), replaces: None })
        .await?;
    let act = Act::new("forecast.train_model").on("job", job).made(json!(request));
    audit::record(&txn, platform.clock.now(), proof.actor(), act).await?;
    txn.commit().await?;
    jobs::announce(platform.bus.as_ref(), job).await;
    Ok(job)
}

/// Who asked for a training, and what shall come of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'job> {
    /// The job, which is completed with it.
    pub job: Option<&'job JobContext>,
    /// The model in whose place the new one shall answer, if nothing speaks against that.
    pub replaces: Option<Uuid>,
}

/// Trains a model; how far it is can be watched in `progress`. Stops soon after it is dropped.
pub async fn train(
    platform: &Platform,
    artefacts: &Artefacts,
    request: &Request,
    progress: watch::Sender<Option<Progress>>,
    asked: Asked<'_>,
) -> Result<Row, Error> {
    let settings = request.settings(request.check()?);
    let learn = move |panel: &[Series], tell: &mut Tell<'_>| train_panel(panel, &settings, tell);
    run((platform, artefacts), request, (Box::new(learn), progress), asked).await
}

/// Judges somebody's own model on days after its training, and calibrates it; the request says what it is, and `file` is its
/// ONNX file.
///
/// # Errors
/// `NotTaken` where file and manifest do not fit each other, `NoRuntime` without ONNX Runtime.
pub async fn adopt(
    platform: &Platform,
    predictor: &Predictor,
    request: &Request,
    file: Vec<u8>,
    progress: watch::Sender<Option<Progress>>,
) -> Result<Row, Error> {
    let settings = request.settings(request.check()?);
    let Some(Own { manifest, trained_until }) = request.own.clone() else {
        return Err(Error::Input("kind", "say what your own model is"));
    };
    let runtime = predictor.runtime().ok_or(Error::NoRuntime)?.clone();
    let learn = move |panel: &[Series], tell: &mut Tell<'_>| {
        let trained_until = trained_until.num_days_from_ce();
        let candidate = Candidate { file: &file, manifest: &manifest, trained_until };
        adopt_model(panel, &candidate, &settings, &runtime, tell)
    };
    run((platform, predictor.artefacts()), request, (Box::new(learn), progress), Asked::default()).await
}

/// Hears how far it is, and says whether to go on.
type Tell<'a> = dyn FnMut(&Progress) -> ControlFlow<()> + 'a;
/// What makes a model of a panel.
type Learn = Box<dyn FnOnce(&[Series], &mut Tell<'_>) -> Result<Trained, TrainingError> + Send>;

async fn run(
    (platform, artefacts): (&Platform, &Artefacts),
    request: &Request,
    work: (Learn, watch::Sender<Option<Progress>>),
    asked: Asked<'_>,
) -> Result<Row, Error> {
    let features = feature_set(&request.feature_version)?;
    let started = Instant::now();
    let plan = plan(platform.db.connection(), platform.clock.now(), request, features).await?;
    let snapshot = snapshot::build(platform, &plan).await?;
    let panel: Vec<Series> =
        snapshot.histories.iter().zip(&snapshot.matrices).map(|(one, matrix)| series(one, matrix)).collect();
    let trained = compute(panel, work).await?;
    let new = model::New {
        kind: request.kind,
        horizon: request.horizon,
        settings: serde_json::to_string(request).unwrap_or_default(),
        snapshot: &snapshot,
        trained: &trained,
        duration: started.elapsed(),
        replaces: asked.replaces,
    };
    model::insert(platform, artefacts, new, asked.job).await
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
    (learn, progress): (Learn, watch::Sender<Option<Progress>>),
) -> Result<Trained, Error> {
    let is_abandoned = Arc::new(AtomicBool::new(false));
    let _abandoned = Abandoned(is_abandoned.clone());
    let trained = spawn_blocking(move || {
        learn(&panel, &mut |now| {
            progress.send_replace(Some(*now));
            if is_abandoned.load(Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    });
    trained.await?.map_err(|error| match error {
        TrainingError::Refused(_) | TrainingError::File(_) | TrainingError::Runtime(_) => {
            Error::NotTaken(error.to_string())
        }
        _ => Error::Training(error.to_string()),
    })
}
