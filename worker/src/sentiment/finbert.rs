//! FinBERT in the models' folder: put there when it has shown that it works, opened, and taken away.
//!
//! `finbert.json` says which folder beside it holds the files, and what they must be. It is written in one step, when
//! all else is in place, so that a model is there whole or not at all.

use super::{
    labelled::{Force, Score, Texts},
    models::Models,
};
use crate::fetch::{self, Origin};
use anyhow::{Context as _, bail, ensure};
use ml::onnx::runtime::Runtime;
use nlp::{
    FinbertModel,
    finbert::{Manifest, labels},
};
use platform::config::ModelsConfig;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// What stands in for everything else of the model.
const RECORD: &str = "finbert.json";
const MODEL: &str = "model.onnx";
const TOKENIZER: &str = "tokenizer.json";
const CONFIG: &str = "config.json";
/// Where models are looked for within their folder, unless somebody says where.
const USUAL: [&str; 2] = [MODEL, "onnx/model.onnx"];
/// BERT reads so much, if its own settings don't say.
const MOST_TOKENS: usize = 512;

const ADD: &str = "bellwether models add finbert PATH|URL";
const RUNTIME: &str = "bellwether models runtime";

/// Where a model comes from, and what of it one knows.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// A folder with `tokenizer.json`, `config.json` and the model, or the address of one.
    pub origin: String,
    /// The model's path within.
    pub model: Option<String>,
    /// The model's SHA-256 checksum, in hexadecimal digits.
    pub checksum: Option<String>,
    /// What its classes mean, where its settings don't say.
    pub labels: Option<Vec<String>>,
    /// Texts on which it must be no worse than the present models.
    pub trial: Option<(Arc<Texts>, Force)>,
}

/// What was put in place.
#[derive(Clone, Debug)]
pub struct Added {
    pub version: String,
    pub folder: PathBuf,
    /// Whether it likes good news better than bad.
    pub tells_good_from_bad: bool,
    /// On the texts of its trial: the new model first, then the present ones.
    pub scores: Vec<Score>,
}

/// Why there is no FinBERT, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("MODEL_UNAVAILABLE: finbert: {reason}; run `{remedy}`")]
pub struct Unavailable {
    reason: String,
    remedy: &'static str,
}

const REFUSED: &str = "the model is refused, and nothing was changed";

impl Unavailable {
    /// What to say of a model that was to be added.
    fn refusal(self) -> anyhow::Error {
        if self.remedy == ADD { anyhow::Error::msg(self.reason).context(REFUSED) } else { self.into() }
    }
}

/// The record of a model that is in place.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    folder: String,
    /// The checksum of each file.
    files: BTreeMap<String, String>,
    labels: Vec<String>,
    most_tokens: usize,
    origin: String,
}

/// What is read of a model's own settings.
#[derive(Debug, Default, Deserialize)]
struct Settings {
    #[serde(default)]
    id2label: BTreeMap<String, String>,
    max_position_embeddings: Option<usize>,
}

/// The file whose change tells that there is another model.
pub fn record(config: &ModelsConfig) -> PathBuf {
    config.folder.join(RECORD)
}

/// Fetches a model, sees that it is whole and works, and puts it in place; the one that is there stays until then.
pub async fn add(models: &Models, request: &Request) -> anyhow::Result<Added> {
    let config = &models.config;
    fs::create_dir_all(&config.folder).with_context(|| format!("cannot make {}", config.folder.display()))?;
    let staging = TempDir::with_prefix_in("finbert-", &config.folder)?;
    let settings = gather(request, staging.path()).await?;
    let record = describe(request, &settings, staging.path())?;
    let present = match &request.trial {
        Some(_) => models.present().await,
        None => Vec::new(),
    };
    let (config, before) = (config.clone(), read(config).ok().map(|record| record.folder));
    let trial = request.trial.clone();
    tokio::task::spawn_blocking(move || {
        let model = try_out(&config, &record).map_err(Unavailable::refusal)?;
        let tells_good_from_bad = model.probe().context(REFUSED)?;
        let scores = match trial {
            Some((texts, force)) => texts.admit(&model, &present, force).context(REFUSED)?,
            None => Vec::new(),
        };
        let folder = staging.keep();
        fetch::put(&self::record(&config), &serde_json::to_vec_pretty(&record)?)?;
        if let Some(before) = before {
            // Whoever has it open keeps it until the next look.
            let _ = fs::remove_dir_all(config.folder.join(before));
        }
        Ok(Added { version: version(&record), folder, tells_good_from_bad, scores })
    })
    .await?
}

/// Takes the model away; whether there was one.
pub fn remove(config: &ModelsConfig) -> anyhow::Result<bool> {
    let Ok(record) = read(config) else {
        // Also one that can't be read is to go.
        return Ok(fs::remove_file(self::record(config)).is_ok());
    };
    fs::remove_file(self::record(config)).context("cannot remove the model")?;
    fs::remove_dir_all(config.folder.join(record.folder)).context("cannot remove the model's files")?;
    Ok(true)
}

/// Opens the model that is in place, if its files are what they were.
pub fn open(config: &ModelsConfig) -> Result<FinbertModel, Unavailable> {
    let record = read(config)?;
    try_out(config, &record)
}

fn read(config: &ModelsConfig) -> Result<Record, Unavailable> {
    let unavailable = |reason: String| Unavailable { reason, remedy: ADD };
    let text = fs::read(record(config)).map_err(|_| unavailable("it was not added yet".to_owned()))?;
    let record: Record = serde_json::from_slice(&text)
        .map_err(|error| unavailable(format!("{RECORD} is damaged: {error}")))?;
    // A folder of ours, and nothing else, is opened and one day removed.
    let is_ours = record.folder.starts_with("finbert-") && !record.folder.contains(['/', '\\', '.']);
    if is_ours {
        Ok(record)
    } else {
        Err(unavailable(format!("{RECORD} names a folder that is none of its own")))
    }
}

fn try_out(config: &ModelsConfig, record: &Record) -> Result<FinbertModel, Unavailable> {
    let damaged = |reason: String| Unavailable { reason, remedy: ADD };
    let folder = config.folder.join(&record.folder);
    for (name, expected) in &record.files {
        let found =
            fetch::checksum(&folder.join(name)).map_err(|error| damaged(format!("{name}: {error}")))?;
        if found != *expected {
            return Err(damaged(format!("{name} is not what was added")));
        }
    }
    let runtime = Runtime::load(&config.runtime)
        .map_err(|error| Unavailable { reason: error.to_string(), remedy: RUNTIME })?;
    let session = runtime.open(&folder.join(MODEL), config.threads);
    let session = session.map_err(|error| damaged(error.to_string()))?;
    let tokenizer = fs::read(folder.join(TOKENIZER)).map_err(|error| damaged(error.to_string()))?;
    let labels = labels(&record.labels).ok_or_else(|| damaged("its labels are not three".to_owned()))?;
    let manifest = Manifest { version: version(record), labels, most_tokens: record.most_tokens };
    FinbertModel::new(&tokenizer, session, manifest).map_err(|error| damaged(error.to_string()))
}

/// The beginning of the model's checksum.
fn version(record: &Record) -> String {
    record.files.get(MODEL).map(|checksum| checksum.chars().take(12).collect()).unwrap_or_default()
}

/// Brings all files into one folder, and reads the model's settings.
async fn gather(request: &Request, staging: &Path) -> anyhow::Result<Settings> {
    let origin = Origin::parse(&request.origin)?;
    let fetch = async |name: &str, target: &str| origin.join(name).fetch(&staging.join(target)).await;
    ensure!(fetch(TOKENIZER, TOKENIZER).await?, "{} is not there", origin.join(TOKENIZER));
    let names: Vec<&str> = request.model.as_deref().map_or_else(|| USUAL.to_vec(), |name| vec![name]);
    let mut found = None;
    for name in names {
        if found.is_none() && fetch(name, MODEL).await? {
            found = Some(name);
        }
    }
    let Some(name) = found else { bail!("there is no model in {origin}; say where in it by --model") };
    // A model of more than two gigabytes keeps its numbers beside it.
    let numbers = format!("{name}_data");
    let beside = numbers.rsplit('/').next().unwrap_or(&numbers);
    fetch(&numbers, beside).await?;
    if !fetch(CONFIG, CONFIG).await? {
        return Ok(Settings::default());
    }
    let settings = fs::read(staging.join(CONFIG))?;
    serde_json::from_slice(&settings).with_context(|| format!("{CONFIG} is damaged"))
}

fn describe(request: &Request, settings: &Settings, staging: &Path) -> anyhow::Result<Record> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(staging)? {
        let entry = entry?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), fetch::checksum(&entry.path())?);
    }
    let found = files.get(MODEL).cloned().unwrap_or_default();
    if let Some(expected) =
        request.checksum.as_ref().filter(|expected| !expected.eq_ignore_ascii_case(&found))
    {
        bail!(
            "the model's checksum is {found}, not {expected}: it is not what you meant, or was damaged on its way"
        );
    }
    let words = request.labels.clone().unwrap_or_else(|| in_order(&settings.id2label));
    ensure!(
        labels(&words).is_some(),
        "the model's classes are {words:?}; say what they mean, in their order: --labels positive,negative,neutral"
    );
    let name = staging.file_name().context("a folder has a name")?;
    Ok(Record {
        folder: name.to_string_lossy().into_owned(),
        files,
        labels: words,
        most_tokens: settings.max_position_embeddings.unwrap_or(MOST_TOKENS).clamp(8, MOST_TOKENS),
        origin: Origin::parse(&request.origin)?.to_string(),
    })
}

/// The labels by their numbers, which are texts there.
fn in_order(id2label: &BTreeMap<String, String>) -> Vec<String> {
    let mut numbered: Vec<(u32, &String)> =
        id2label.iter().filter_map(|(number, label)| Some((number.parse().ok()?, label))).collect();
    numbered.sort_unstable();
    numbered.into_iter().map(|(_, label)| label.clone()).collect()
}
