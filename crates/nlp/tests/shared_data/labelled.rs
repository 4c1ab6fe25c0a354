//! Reads the texts that people have labelled.

use std::fs::File;
use std::path::Path;

use serde_json::Value;

/// From here on a score stands for a label, in sets that have scores.
const THRESHOLD: f64 = 0.05;

/// A text and how its readers or its author felt about it.
pub struct Labelled {
    pub text: String,
    /// −1…1.
    pub score: f64,
    pub label: Label,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    Negative,
    Neutral,
    Positive,
}

impl Label {
    pub const ALL: [Self; 3] = [Self::Negative, Self::Neutral, Self::Positive];

    pub fn of(score: f64) -> Self {
        match score {
            score if score >= THRESHOLD => Self::Positive,
            score if score <= -THRESHOLD => Self::Negative,
            _ => Self::Neutral,
        }
    }
}

/// All sets by name.
pub fn sets(folder: &Path) -> [(&'static str, Vec<Labelled>); 5] {
    [
        ("PhraseBank", phrase_bank(folder)),
        ("stock tweets", stock_tweets(folder)),
        ("StockEmotions", stock_emotions(folder)),
        ("FiQA posts", fiqa(folder)),
        ("SemEval headlines", semeval(folder)),
    ]
}

fn labelled(text: impl Into<String>, score: f64) -> Labelled {
    Labelled { text: text.into(), score, label: Label::of(score) }
}

fn phrase_bank(folder: &Path) -> Vec<Labelled> {
    let text = std::fs::read_to_string(folder.join("sentiment-phrasebank/sentences.txt")).expect("it exists");
    let rows = text.trim_start_matches('\u{feff}').lines().filter_map(|line| line.rsplit_once('@'));
    let score = |label: &str| match label.trim() {
        "positive" => 1.0,
        "negative" => -1.0,
        _ => 0.0,
    };
    rows.map(|(text, label)| labelled(text, score(label))).collect()
}

/// In Latin-1, which Rust reads byte by byte.
fn stock_tweets(folder: &Path) -> Vec<Labelled> {
    let file = File::open(folder.join("sentiment-stock-tweets/tweets.csv")).expect("it exists");
    let rows = csv::ReaderBuilder::new().flexible(true).from_reader(file).into_byte_records();
    let rows = rows.map(|row| row.expect("it is well-formed"));
    let rows = rows.filter_map(|row| {
        let score = str::from_utf8(&row[1]).ok()?.trim().parse().ok()?;
        Some(labelled(row[0].iter().map(|byte| char::from(*byte)).collect::<String>(), score))
    });
    rows.collect()
}

fn stock_emotions(folder: &Path) -> Vec<Labelled> {
    ["train", "val"].into_iter().flat_map(|part| stock_emotions_part(folder, part)).collect()
}

/// The messages that the set's authors mean for training (`train`) or for validation (`val`).
pub fn stock_emotions_part(folder: &Path, part: &str) -> Vec<Labelled> {
    let path = folder.join(format!("stockemotions/{part}_stockemo.csv"));
    let rows = csv::Reader::from_path(path).expect("it exists").into_records();
    let rows = rows.map(|row| row.expect("it is well-formed"));
    rows.map(|row| labelled(&row[5], if &row[4] == "bullish" { 1.0 } else { -1.0 })).collect()
}

fn fiqa(folder: &Path) -> Vec<Labelled> {
    let posts = json(&folder.join("sentiment-fiqa-semeval/FiQA_post.json"));
    let posts = posts.as_object().expect("posts have keys").values();
    let score =
        |post: &Value| post["info"][0]["sentiment_score"].as_str().and_then(|score| score.parse().ok());
    posts.filter_map(|post| Some(labelled(post["sentence"].as_str()?, score(post)?))).collect()
}

fn semeval(folder: &Path) -> Vec<Labelled> {
    let headlines = json(&folder.join("sentiment-fiqa-semeval/SemEval2017Task5Headlines.json"));
    let headlines = headlines.as_array().expect("headlines are a list").iter();
    headlines
        .filter_map(|line| Some(labelled(line["title"].as_str()?, line["sentiment"].as_f64()?)))
        .collect()
}

fn json(path: &Path) -> Value {
    serde_json::from_reader(File::open(path).expect("it exists")).expect("it is JSON")
}
