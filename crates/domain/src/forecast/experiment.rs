//! What decided a training, and what came of it, by name.

use super::{
    Report, Scores,
    model::{self, Row},
    training::Request,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// How a model was trained, where that can still be read.
pub fn settings(row: &Row) -> Option<Request> {
    serde_json::from_str(&row.settings).ok()
}

/// What the training was set to: values as JSON.
pub fn parameters(row: &Row) -> BTreeMap<String, String> {
    let request = settings(row).and_then(|request| serde_json::to_value(request).ok());
    let Some(Value::Object(fields)) = request else { return BTreeMap::new() };
    fields.into_iter().map(|(name, value)| (name, value.to_string())).collect()
}

/// What was measured on days that the model had not seen; the names of a measure's kinds are set apart by a dot.
pub fn metrics(row: &Row) -> BTreeMap<String, f64> {
    let Some(report) = model::report(row) else { return BTreeMap::new() };
    let mut found = BTreeMap::from([("training_seconds".to_owned(), row.duration_ms as f64 / 1000.0)]);
    found.extend(sizes(&report).map(|(name, size)| (name.to_owned(), size as f64)));
    if let Some(test) = report.quantiles_against_naive {
        found.insert("p_value_against_naive".to_owned(), test.p_value);
    }
    for (place, scores) in report.scores.iter().enumerate() {
        // The model's come first, and are called the same whatever it is made of.
        let whose = if place == 0 { "model" } else { &scores.name };
        let measures = measures(scores).into_iter();
        found.extend(measures.filter_map(|(name, value)| Some((format!("{whose}.{name}"), value?))));
    }
    found
}

fn sizes(report: &Report) -> impl Iterator<Item = (&'static str, usize)> {
    [("rows", report.rows), ("stocks", report.stocks), ("trials", report.trials)].into_iter()
}

fn measures(scores: &Scores) -> [(&'static str, Option<f64>); 13] {
    [
        ("mae", Some(scores.mae)),
        ("mae_ratio_to_naive", scores.mae_ratio_to_naive),
        ("accuracy", scores.accuracy.map(|accuracy| accuracy.share)),
        ("precision", scores.precision),
        ("recall", scores.recall),
        ("f1", scores.f1),
        ("brier", scores.brier),
        ("pinball", Some(scores.pinball)),
        ("crps", Some(scores.crps)),
        ("coverage_95", Some(scores.coverage_95.share)),
        ("coverage_99", Some(scores.coverage_99.share)),
        ("sharpe", scores.sharpe),
        ("deflated_sharpe", scores.deflated_sharpe),
    ]
}
