//! `bellwether models` and `bellwether evaluate`.

use super::{forecast, mlflow};
use crate::embedded::{self, Force, Models, Request, Score, Texts, compare, finbert, install_runtime, train};
use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use domain::{forecast::Artefacts, sentiment::evaluation::NewEvaluation};
use platform::{
    Platform,
    config::{Config, ModelName},
    database::DatabaseError,
};
use std::{path::PathBuf, sync::Arc};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the models, and say what those lack that can't be used.
    List,
    /// Add a model that was trained elsewhere, once it has shown that it works.
    #[command(subcommand)]
    Add(Add),
    /// Take a model away that was added or trained.
    Remove {
        /// Which one.
        model: Removable,
    },
    /// Put ONNX Runtime in its place, which runs the models of others.
    Runtime {
        /// The library or its Python wheel, or the address of one; without it pip fetches the wheel.
        origin: Option<String>,
    },
    /// Train models that forecast prices, or one that judges texts.
    Train(Train),
    /// Write all trainings of models that forecast prices in MLflow's file format.
    Export {
        /// Where to; `mlflow ui --backend-store-uri FOLDER` shows it.
        folder: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum Add {
    /// FinBERT, which judges texts.
    Finbert(AddFinbert),
    /// A model of your own that forecasts returns.
    Forecast(forecast::AddForecast),
}

#[derive(Debug, Args)]
struct AddFinbert {
    /// A folder with tokenizer.json, config.json and model.onnx or onnx/model.onnx, or the address of one.
    origin: String,
    /// The model's path in there, if it is another one.
    #[arg(long, value_name = "PATH")]
    file: Option<String>,
    /// The model's SHA-256 checksum, as its makers publish it.
    #[arg(long, value_name = "DIGITS")]
    sha256: Option<String>,
    /// What the model's classes mean, in their order, if config.json doesn't say.
    #[arg(long, value_delimiter = ',', value_name = "LABELS")]
    labels: Option<Vec<String>>,
    /// Files with the columns text and label, on which it must be no worse than the present models; default those in the
    /// folder of labelled texts.
    #[arg(long, num_args = 1..)]
    data: Vec<PathBuf>,
    /// Put it in place even if it is worse.
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Removable {
    Compact,
    Finbert,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Train {
    #[command(subcommand)]
    what: Option<Trainable>,
    #[command(flatten)]
    forecast: Option<forecast::TrainForecast>,
}

#[derive(Debug, Subcommand)]
enum Trainable {
    /// Train a model on labelled texts, and put it in place if it is no worse than those that are there.
    Sentiment(TrainSentiment),
}

#[derive(Debug, Args)]
struct TrainSentiment {
    /// Files with the columns text and label: CSV, JSON or JSON lines, plain or gzipped.
    #[arg(long, required = true, num_args = 1..)]
    data: Vec<PathBuf>,
    /// Put it in place even if it is worse.
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
pub struct Evaluate {
    /// What the models are for.
    what: What,
    /// Files with the columns text and label: CSV, JSON or JSON lines, plain or gzipped.
    #[arg(long, required = true, num_args = 1..)]
    data: Vec<PathBuf>,
    /// Put the numbers on record too, for `modelMetrics`.
    #[arg(long)]
    record: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    Sentiment,
}

/// Lists models, adds, removes or trains one.
pub async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<()> {
    super::log_quietly(config)?;
    let models = Models::new(&config.sentiment, &config.models);
    match arguments.command {
        Command::List => list(&models).await,
        Command::Add(Add::Finbert(finbert)) => add_finbert(finbert, config).await?,
        Command::Add(Add::Forecast(forecast)) => forecast::add(forecast, config).await?,
        Command::Remove { model } => remove(model, &models)?,
        Command::Runtime { origin } => {
            let library = install_runtime(&config.models, origin.as_deref()).await?;
            println!("ONNX Runtime is in place: {}", library.display());
        }
        Command::Export { folder } => {
            let platform = super::prepare(config).await?;
            let artefacts = Artefacts::new(&platform, &config.models);
            let count = mlflow::export(&platform, &artefacts, &folder).await?;
            println!("{count} trainings are in {}", folder.display());
        }
        Command::Train(Train { what: None, forecast }) => {
            let wanted = forecast.context("say from which day on to learn: --from 2014-01-01")?;
            forecast::run(wanted, config).await?;
        }
        Command::Train(Train {
            what: Some(Trainable::Sentiment(TrainSentiment { data, force })), ..
        }) => {
            let texts = read(&data)?;
            // First of all: a model that is put in place goes on record.
            let platform = super::prepare(config).await?;
            println!("training on {} texts", texts.len());
            let trained = train(&texts, &models, Force::from(force)).await?;
            record(&platform, &models, &trained.evaluations).await?;
            println!("on a fifth of them, of which the training saw nothing:");
            print(&trained.scores);
            println!("compact {} is in place: {}", trained.version, trained.path.display());
            tell_how_to_use(ModelName::Compact);
        }
    }
    Ok(())
}

/// Compares all models on labelled texts.
pub async fn evaluate(arguments: &Evaluate, config: &Config) -> anyhow::Result<()> {
    super::log_quietly(config)?;
    let Evaluate { what: What::Sentiment, data, record: is_recorded } = arguments;
    let models = Models::new(&config.sentiment, &config.models);
    let texts = read(data)?;
    let platform = if *is_recorded { Some(super::prepare(config).await?) } else { None };
    let mut found = Vec::new();
    for texts in texts.by_source() {
        let scores = compare(&texts, &models).await?;
        println!("{}", texts.name());
        print(&scores);
        found.extend(evaluations(&scores, &texts));
    }
    let Some(platform) = platform else { return Ok(()) };
    let stored = record(&platform, &models, &found).await?;
    println!("{stored} of {} evaluations are new on record", found.len());
    Ok(())
}

fn evaluations(scores: &[Score], texts: &Texts) -> Vec<NewEvaluation> {
    let dataset = texts.dataset();
    scores.iter().map(|score| score.evaluation(&dataset)).collect()
}

async fn record(platform: &Platform, models: &Models, found: &[NewEvaluation]) -> anyhow::Result<usize> {
    let stored = embedded::record(platform, models, found).await;
    Ok(stored.map_err(|error| DatabaseError::failed(&error))?)
}

async fn list(models: &Models) {
    for (name, found) in models.all().await {
        match found {
            Ok(model) => println!("{:<9} {}", name.name(), model.version()),
            Err(error) => println!("{:<9} {error:#}", name.name()),
        }
    }
}

async fn add_finbert(add: AddFinbert, config: &Config) -> anyhow::Result<()> {
    let AddFinbert { origin, file, sha256, labels, data, force } = add;
    let models = Models::new(&config.sentiment, &config.models);
    let texts = if data.is_empty() {
        Texts::read_folder(&config.sentiment.labelled_folder)?
    } else {
        Some(read(&data)?)
    };
    let texts = texts.map(Arc::new);
    // First of all: a trial goes on record.
    let platform = if texts.is_some() { Some(super::prepare(config).await?) } else { None };
    let trial = texts.clone().map(|texts| (texts, Force::from(force)));
    let request = Request { origin, model: file, checksum: sha256, labels, trial };
    let added = finbert::add(&models, &request).await?;
    if let Some((platform, texts)) = platform.zip(texts) {
        print(&added.scores);
        record(&platform, &models, &evaluations(&added.scores, &texts)).await?;
    }
    println!("finbert {} is in place: {}", added.version, added.folder.display());
    if !added.tells_good_from_bad {
        println!(
            "but it does not like good news better than bad: are its labels in another order? See --labels"
        );
    }
    tell_how_to_use(ModelName::Finbert);
    Ok(())
}

fn remove(model: Removable, models: &Models) -> anyhow::Result<()> {
    let name = match model {
        Removable::Compact => ModelName::Compact,
        Removable::Finbert => ModelName::Finbert,
    };
    let is_gone = models.remove(name)?;
    println!("{} {}", name.name(), if is_gone { "is gone" } else { "was not there" });
    Ok(())
}

fn tell_how_to_use(model: ModelName) {
    println!(
        "it scores where BELLWETHER_SENTIMENT__SOCIAL or BELLWETHER_SENTIMENT__NEWS is `{}`",
        model.name()
    );
}

fn read(files: &[PathBuf]) -> anyhow::Result<Texts> {
    let texts = Texts::read(files)?;
    if texts.rejected > 0 {
        eprintln!("{} rows have no text or no label that is understood", texts.rejected);
    }
    Ok(texts)
}

fn print(scores: &[Score]) {
    println!(
        "{:<9} {:>7} {:>9} {:>9} {:>8} {:>6}",
        "model", "texts", "accuracy", "macro-F1", "Pearson", "ECE"
    );
    for score in scores {
        let pearson = score.pearson.map_or_else(|| "-".to_owned(), |r| format!("{r:.3}"));
        println!(
            "{:<9} {:>7} {:>9.3} {:>9.3} {pearson:>8} {:>6.3}",
            score.model, score.texts, score.accuracy, score.macro_f1, score.calibration_error
        );
    }
    for score in scores {
        println!("{}, by what people say (negative, neutral, positive) and what it says:", score.model);
        for row in score.confusion {
            println!("  {:>6} {:>6} {:>6}", row[0], row[1], row[2]);
        }
    }
}
