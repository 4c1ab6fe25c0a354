//! The models in their folder, and those that are built in.
//!
//! The folder is looked at before each batch, so that a model that is added counts at once, without a restart.

use super::finbert;
use anyhow::Context as _;
use domain::sentiment::{Routing, model::built_in};
use nlp::{CompactModel, SentimentModel};
use platform::config::{ModelName, ModelsConfig, SentimentConfig};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};
use tokio::task::spawn_blocking;

/// The file of the compact model within the folder.
const COMPACT: &str = "compact.onnx";

/// Which models there are: when their files, and the library that runs some of them, were written.
pub type Version = [Option<SystemTime>; 3];

/// Finds models.
#[derive(Clone, Debug)]
pub struct Models {
    pub sentiment: SentimentConfig,
    pub config: ModelsConfig,
}

/// A model, or why there is none.
pub type Found = anyhow::Result<Arc<dyn SentimentModel>>;

impl Models {
    pub fn new(sentiment: &SentimentConfig, config: &ModelsConfig) -> Self {
        Self { sentiment: sentiment.clone(), config: config.clone() }
    }

    /// Changes whenever [`Models::routing`] could.
    pub async fn version(&self) -> Version {
        let written = async |path: &Path| tokio::fs::metadata(path).await.ok()?.modified().ok();
        [
            written(&self.compact()).await,
            written(&finbert::record(&self.config)).await,
            written(&self.config.runtime).await,
        ]
    }

    /// The models by what they score, as settings say; what is missing is replaced by the fallback, with a warning.
    pub async fn routing(&self) -> Routing {
        let mut present: Vec<_> = built_in().into_values().collect();
        let SentimentConfig { social, news, fallback, .. } = self.sentiment;
        for name in [social, news] {
            if among(&present, name).is_some() {
                continue;
            }
            match self.find(name).await {
                Ok(model) => present.push(model),
                Err(error) => {
                    let error = format!("{error:#}");
                    tracing::warn!(
                        model = name.name(),
                        fallback = fallback.name(),
                        error,
                        "The fallback scores"
                    );
                }
            }
        }
        self.route(&present)
    }

    /// What scores what of the models that are `present`; those that are built in always are.
    pub fn route(&self, present: &[Arc<dyn SentimentModel>]) -> Routing {
        let SentimentConfig { social, news, fallback, .. } = self.sentiment;
        let fallback = built_in()[&fallback].clone();
        let find = |name| among(present, name).unwrap_or_else(|| fallback.clone());
        Routing { social: find(social), news: find(news), fallback: fallback.clone() }
    }

    /// The model of that name, if it is there and whole.
    pub async fn find(&self, name: ModelName) -> Found {
        match name {
            ModelName::Compact => self.load_compact().await,
            ModelName::Finbert => {
                let config = self.config.clone();
                // It has hundreds of megabytes.
                Ok(Arc::new(spawn_blocking(move || finbert::open(&config)).await??))
            }
            ModelName::Vader | ModelName::Finance => Ok(built_in()[&name].clone()),
        }
    }

    /// All models that are there, by name, and why those are missing that were put there.
    pub async fn all(&self) -> Vec<(ModelName, Found)> {
        let mut found: Vec<_> = built_in().into_iter().map(|(name, model)| (name, Ok(model))).collect();
        let added =
            [(ModelName::Compact, self.compact()), (ModelName::Finbert, finbert::record(&self.config))];
        for (name, file) in added {
            if file.exists() {
                found.push((name, self.find(name).await));
            }
        }
        found.sort_by_key(|(name, _)| name.name());
        found
    }

    /// The models that work, by name; of others the log says why not.
    pub async fn present(&self) -> Vec<Arc<dyn SentimentModel>> {
        let mut present = Vec::new();
        for (_, found) in self.all().await {
            match found {
                Ok(model) => present.push(model),
                Err(error) => tracing::warn!("{error:#}"),
            }
        }
        present
    }

    /// Where the compact model lies, or would.
    pub fn compact(&self) -> PathBuf {
        self.config.folder.join(COMPACT)
    }

    async fn load_compact(&self) -> Found {
        let file = self.compact();
        let train = "train one by `bellwether models train sentiment --data FILE`";
        let bytes = tokio::fs::read(&file).await;
        let bytes =
            bytes.with_context(|| format!("MODEL_UNAVAILABLE: compact: {}; {train}", file.display()))?;
        let model = CompactModel::decode(&bytes);
        Ok(Arc::new(model.with_context(|| format!("MODEL_UNAVAILABLE: compact: it is damaged; {train}"))?))
    }

    /// Takes a model away that was added; whether there was one.
    pub fn remove(&self, name: ModelName) -> anyhow::Result<bool> {
        match name {
            ModelName::Finbert => finbert::remove(&self.config),
            ModelName::Compact if !self.compact().exists() => Ok(false),
            ModelName::Compact => Ok(std::fs::remove_file(self.compact()).map(|()| true)?),
            ModelName::Vader | ModelName::Finance => anyhow::bail!("{} is built in", name.name()),
        }
    }
}

fn among(present: &[Arc<dyn SentimentModel>], name: ModelName) -> Option<Arc<dyn SentimentModel>> {
    present.iter().find(|model| model.name() == name.name()).cloned()
}
