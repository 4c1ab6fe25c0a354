//! Measures all models on the labelled texts in their folder.

use super::labelled::{Texts, files, leave_out};
use crate::Env;
use anyhow::Context as _;
use domain::sentiment::{
    EvaluateModels,
    evaluation::{self, Filter, NewEvaluation, Standing, Task},
};
use jobs::{JobContext, Run};
use nlp::SentimentModel;
use std::{collections::HashSet, path::Path, sync::Arc};
use tokio::task::spawn_blocking;
use tracing::{info, warn};

#[async_trait::async_trait]
impl Run<Env> for EvaluateModels {
    async fn run(&self, env: &Env, ctx: &JobContext) -> anyhow::Result<()> {
        let folder = &env.models.sentiment.labelled_folder;
        let files = files(folder).with_context(|| format!("cannot list {}", folder.display()))?;
        let models = env.models.present().await;
        let mut evaluations = Vec::new();
        for (file, done) in files.iter().zip(1..) {
            match read(file).await {
                Ok(parts) => {
                    for texts in parts {
                        evaluations.extend(measure(&Arc::new(texts), &models).await);
                    }
                }
                Err(error) => leave_out(file, &error),
            }
            ctx.report(f64::from(done) / files.len() as f64).await?;
        }
        if evaluations.is_empty() {
            return Ok(());
        }
        let in_use = env.models.route(&models).in_use();
        let stored = evaluation::record(&env.platform, &evaluations, &in_use).await?;
        let datasets = evaluations.iter().map(|one| &one.dataset).collect::<HashSet<_>>().len();
        info!(
            evaluation.count = stored,
            dataset.count = datasets,
            "Measured {} models on {datasets} datasets, {stored} new evaluations",
            models.len()
        );
        warn_of_worse(env, &evaluations).await
    }
}

/// All texts of a file, and those of each source.
async fn read(file: &Path) -> anyhow::Result<Vec<Texts>> {
    let file = file.to_owned();
    spawn_blocking(move || Ok(Texts::read(&[file])?.by_source())).await?
}

/// Measures all models; one that fails keeps none of the others back.
async fn measure(texts: &Arc<Texts>, models: &[Arc<dyn SentimentModel>]) -> Vec<NewEvaluation> {
    let dataset = texts.dataset();
    let mut evaluations = Vec::new();
    for model in models {
        match texts.measure(model).await {
            Ok(score) => evaluations.push(score.evaluation(&dataset)),
            Err(error) => {
                warn!(model.name = model.name(), "A model fails on {}: {error:#}", dataset.name);
            }
        }
    }
    evaluations
}

/// Says which models that score now are worse than their versions before.
async fn warn_of_worse(env: &Env, evaluations: &[NewEvaluation]) -> anyhow::Result<()> {
    let checksums: HashSet<&str> = evaluations.iter().map(|one| one.dataset.checksum.as_str()).collect();
    let filter = Filter { task: Some(Task::Sentiment), ..Filter::default() };
    let standings = evaluation::list(env.platform.db.connection(), &filter).await?;
    let is_worse = |standing: &&Standing| {
        standing.row.is_active && checksums.contains(standing.row.checksum.as_str()) && standing.is_worse()
    };
    for Standing { row, previous } in standings.iter().filter(is_worse) {
        let Some(previous) = previous else { continue };
        warn!(
            model.name = row.model,
            model.version = row.version,
            "`{}` {} has a macro-F1 of {:.3} on {}, and its version before, {}, one of {:.3}: a worse model scores",
            row.model,
            row.version,
            row.macro_f1,
            row.dataset,
            previous.version,
            previous.macro_f1
        );
    }
    Ok(())
}
