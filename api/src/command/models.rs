//! `bellwether models` and `bellwether evaluate`.

use crate::embedded::{self, Force, Score, Texts, compare, train};
use clap::{Args, Subcommand, ValueEnum};
use domain::sentiment::{
    evaluation::{Exposure, NewEvaluation},
    model::built_in,
};
use platform::{Platform, config::Config, database::DatabaseError};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the models.
    List,
    /// Train a model on labelled texts, and put it in place if it is no worse than those that are there.
    Train(Train),
}

#[derive(Debug, Args)]
struct Train {
    /// What the model is for.
    what: What,
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

/// Lists models, or trains one.
pub async fn run(arguments: &Arguments, config: &Config) -> anyhow::Result<()> {
    super::log_quietly(config)?;
    match &arguments.command {
        Command::List => {
            list(config);
            Ok(())
        }
        Command::Train(Train { what: What::Sentiment, data, force }) => {
            let texts = read(data)?;
            // First of all: a model that is put in place goes on record.
            let platform = super::prepare(config).await?;
            println!("training on {} texts", texts.len());
            let force = if *force { Force::Yes } else { Force::No };
            let trained = train(&texts, &config.sentiment, force).await?;
            record(&platform, config, &trained.evaluations).await?;
            println!("on a fifth of them, of which the training saw nothing:");
            print(&trained.scores);
            println!("compact {} is in place: {}", trained.version, trained.path.display());
            println!(
                "it scores where BELLWETHER_SENTIMENT__SOCIAL or BELLWETHER_SENTIMENT__NEWS is `compact`"
            );
            Ok(())
        }
    }
}

/// Compares all models on labelled texts.
pub async fn evaluate(arguments: &Evaluate, config: &Config) -> anyhow::Result<()> {
    super::log_quietly(config)?;
    let Evaluate { what: What::Sentiment, data, record: is_recorded } = arguments;
    let texts = read(data)?;
    let platform = if *is_recorded { Some(super::prepare(config).await?) } else { None };
    let scores = compare(&texts, &config.sentiment).await?;
    print(&scores);
    let Some(platform) = platform else { return Ok(()) };
    let dataset = texts.dataset();
    let found: Vec<_> = scores.iter().map(|score| score.evaluation(&dataset, Exposure::Unknown)).collect();
    let stored = record(&platform, config, &found).await?;
    println!("{stored} of {} evaluations are new on record", found.len());
    Ok(())
}

async fn record(platform: &Platform, config: &Config, found: &[NewEvaluation]) -> anyhow::Result<usize> {
    let stored = embedded::record(platform, &config.sentiment, found).await;
    Ok(stored.map_err(|error| DatabaseError::failed(&error))?)
}

fn list(config: &Config) {
    let mut lines: Vec<String> = built_in()
        .values()
        .map(|model| format!("{:<9} {:<14} built in", model.name(), model.version()))
        .collect();
    lines.sort_unstable();
    let file = config.sentiment.models_folder.join("compact.onnx");
    if file.exists() {
        lines.push(format!("{:<9} {:<14} {}", "compact", "", file.display()));
    }
    println!("{}", lines.join("\n"));
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
