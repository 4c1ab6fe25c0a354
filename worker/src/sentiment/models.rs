//! The models in their folder, and those that are built in.
//!
//! The folder is looked at before each batch, so that a model that is added counts at once, without a restart.

use domain::sentiment::{Routing, model::built_in};
use nlp::{CompactModel, SentimentModel};
use platform::config::{ModelName, SentimentConfig};
use std::{path::PathBuf, sync::Arc, time::SystemTime};

/// The file of the compact model within the folder.
pub const COMPACT: &str = "compact.onnx";

/// Which models there are: when their files were written.
pub type Version = Option<SystemTime>;

/// Finds models.
#[derive(Clone, Debug)]
pub struct Models {
    config: SentimentConfig,
}

impl Models {
    pub fn new(config: SentimentConfig) -> Self {
        Self { config }
    }

    /// Changes whenever [`Models::routing`] could.
    pub async fn version(&self) -> Version {
        tokio::fs::metadata(self.compact()).await.ok()?.modified().ok()
    }

    /// The models by what they score, as settings say; what is missing is replaced by the fallback, with a warning.
    pub async fn routing(&self) -> anyhow::Result<Routing> {
        let mut models = built_in();
        let wanted = [self.config.social, self.config.news];
        if wanted.contains(&ModelName::Compact) {
            match self.load_compact().await {
                Ok(model) => drop(models.insert(ModelName::Compact, model)),
                Err(error) => {
                    tracing::warn!(%error, "No compact model: train one by `bellwether models train sentiment`");
                }
            }
        }
        let fallback = models[&self.config.fallback].clone();
        let find = |name| models.get(&name).cloned().unwrap_or_else(|| fallback.clone());
        Ok(Routing { social: find(self.config.social), news: find(self.config.news), fallback })
    }

    fn compact(&self) -> PathBuf {
        self.config.models_folder.join(COMPACT)
    }

    /// The compact model, if its file is there and whole.
    pub async fn load_compact(&self) -> anyhow::Result<Arc<dyn SentimentModel>> {
        let bytes = tokio::fs::read(self.compact()).await?;
        Ok(Arc::new(CompactModel::decode(&bytes)?))
    }
}
