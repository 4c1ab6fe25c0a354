//! Measures all models on the labelled texts in their folder.

use super::labelled::Texts;
use crate::Env;
use anyhow::Context as _;
use domain::sentiment::{
    EvaluateModels,
    evaluation::{self, Exposure, Filter, NewEvaluation, Standing, Task},
};
use jobs::{JobContext, Run};
use nlp::SentimentModel;
use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};
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
                Ok(texts) => evaluations.extend(measure(&texts, &models).await),
                Err(error) => warn!("Labelled texts are left out: {}", problem(file, &error)),
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

async fn read(file: &Path) -> anyhow::Result<Arc<Texts>> {
    let file = file.to_owned();
    let texts = spawn_blocking(move || Texts::read(&[file])).await??;
    Ok(Arc::new(texts))
}

/// Measures all models; one that fails keeps none of the others back.
async fn measure(texts: &Arc<Texts>, models: &[Arc<dyn SentimentModel>]) -> Vec<NewEvaluation> {
    let dataset = texts.dataset();
    let mut evaluations = Vec::new();
    for model in models {
        match texts.measure(model).await {
            Ok(score) => evaluations.push(score.evaluation(&dataset, Exposure::Unknown)),
            Err(error) => {
                warn!(model.name = model.name(), "A model fails on {}: {error:#}", dataset.name);
            }
        }
    }
    evaluations
}

/// Names the file, once.
fn problem(file: &Path, error: &anyhow::Error) -> String {
    let (file, error) = (file.display().to_string(), format!("{error:#}"));
    if error.contains(&file) { error } else { format!("{file}: {error}") }
}

/// The files right in `folder`, by name, without hidden ones; none if it is not there.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let paths: Result<Vec<PathBuf>, io::Error> = entries.map(|entry| Ok(entry?.path())).collect();
    let is_hidden =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let mut files: Vec<PathBuf> =
        paths?.into_iter().filter(|path| path.is_file() && !is_hidden(path)).collect();
    files.sort();
    Ok(files)
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
