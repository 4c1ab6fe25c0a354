//! Texts per second of a model as large as FinBERT, beside Python's onnxruntime on the same file, texts and threads.
//!
//! Needs `BELLWETHER_TEST_ONNX_RUNTIME`, and for the comparison a Python with onnxruntime, tokenizers and numpy.

#![expect(clippy::unwrap_used, reason = "in a bench a failure is a panic")]

use platform::config::{Config, ModelsConfig};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use std::{fs, path::Path, process::Command, time::Instant};
use tests::{Bert, onnx_runtime};
use worker::sentiment::{
    finbert::{self, Request},
    models::Models,
};

const TEXTS: usize = 96;
const THREADS: usize = 1;

#[tokio::main]
async fn main() {
    let Some(runtime) = onnx_runtime("the bench") else { return };
    let folder = tempfile::TempDir::new().unwrap();
    let bert = folder.path().join("bert");
    Bert::BASE.write(&bert);
    let config =
        ModelsConfig { runtime, threads: THREADS, ..ModelsConfig::within(folder.path().join("models")) };
    let origin = bert.to_str().unwrap().to_owned();
    let models = Models { sentiment: Config::load().unwrap().sentiment, config: config.clone() };
    finbert::add(&models, &Request { origin, ..Request::default() }).await.unwrap();
    for (name, lengths) in [("equal lengths", 30..31), ("mixed lengths", 4..120)] {
        let texts = texts(lengths);
        let (rate, scores) = ours(&config, &texts);
        println!("{name}: {rate:.1} texts/s with {THREADS} thread");
        let Some((python, theirs)) = python(folder.path(), &bert, &texts) else { continue };
        let apart = scores.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        println!(
            "  Python's onnxruntime: {python:.1} texts/s; ratio {:.2}; scores differ by {apart:.1e}",
            rate / python
        );
    }
}

fn texts(lengths: std::ops::Range<usize>) -> Vec<String> {
    let mut random = StdRng::seed_from_u64(3);
    let mut text = |_| {
        let length = random.random_range(lengths.clone());
        let words: Vec<String> =
            (0..length).map(|_| format!("word{}", random.random_range(0..Bert::BASE.words))).collect();
        words.join(" ")
    };
    (0..TEXTS).map(&mut text).collect()
}

fn ours(config: &ModelsConfig, texts: &[String]) -> (f64, Vec<f64>) {
    use nlp::SentimentModel as _;
    let model = finbert::open(config).unwrap();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    model.judge(&texts[..8]).unwrap();
    let started = Instant::now();
    let judgements = model.judge(&texts).unwrap();
    let rate = TEXTS as f64 / started.elapsed().as_secs_f64();
    (rate, judgements.iter().map(|judgement| judgement.score).collect())
}

/// Texts per second, and the scores; `None` where Python or what it needs is not there.
fn python(folder: &Path, bert: &Path, texts: &[String]) -> Option<(f64, Vec<f64>)> {
    let file = folder.join("texts.json");
    fs::write(&file, serde_json::to_string(texts).unwrap()).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/finbert.py");
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output =
        Command::new(python).arg(script).arg(bert).arg(&file).arg(THREADS.to_string()).output().ok()?;
    if !output.status.success() {
        println!("  no comparison: {}", String::from_utf8_lossy(&output.stderr).trim());
        return None;
    }
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
