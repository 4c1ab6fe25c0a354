//! `bellwether models export`: trainings in MLflow's file format, so that its tools can show and compare them.
//!
//! A folder for each horizon is an experiment; in it a folder for each model is a run, with a file for each parameter,
//! metric and tag, and the model itself among the artifacts.

use anyhow::Context as _;
use domain::{
    PageRequest,
    forecast::{
        Artefacts,
        experiment::{metrics, parameters},
        model::{self, Filter, HORIZONS, Row},
        promotion::stage_name,
    },
};
use platform::Platform;
use serde_json::json;
use std::{fmt::Display, fs, path::Path};

/// The number of MLflow's state FINISHED, and of its source type LOCAL.
const FINISHED: i32 = 3;
const LOCAL: i32 = 4;

/// Writes all trainings below `folder`; how many. What is there already is written again.
pub async fn export(platform: &Platform, artefacts: &Artefacts, folder: &Path) -> anyhow::Result<usize> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let folder = fs::canonicalize(folder)?;
    for horizon in HORIZONS {
        experiment(&folder, horizon)?;
    }
    let mut page = PageRequest::first(100);
    let mut count = 0;
    loop {
        let found = model::list(platform.db.connection(), &Filter::default(), &page).await?;
        for row in &found.rows {
            // A file that is gone keeps nobody from what was measured.
            run(&folder, row, artefacts.get(&row.checksum).await.ok())?;
            count += 1;
        }
        let Some(last) = found.rows.last().filter(|_| found.has_next) else { return Ok(count) };
        page.after = Some((last.id,));
    }
}

fn experiment(folder: &Path, horizon: i32) -> anyhow::Result<()> {
    let folder = folder.join(horizon.to_string());
    let fields = [
        ("artifact_location", quoted(address(&folder))),
        ("experiment_id", quoted(horizon)),
        ("lifecycle_stage", quoted("active")),
        ("name", quoted(format!("bellwether, {horizon} trading days"))),
    ];
    write(&folder.join("meta.yaml"), &yaml(&fields))
}

fn run(folder: &Path, row: &Row, file: Option<Vec<u8>>) -> anyhow::Result<()> {
    let id = row.id.simple();
    let folder = folder.join(row.horizon.to_string()).join(id.to_string());
    let (start, end) = (row.known_at.timestamp_millis() - row.duration_ms, row.known_at.timestamp_millis());
    let name = model::name(row);
    let fields = [
        ("artifact_uri", quoted(address(&folder.join("artifacts")))),
        ("end_time", end.to_string()),
        ("entry_point_name", quoted("")),
        ("experiment_id", quoted(row.horizon)),
        ("lifecycle_stage", quoted("active")),
        ("run_id", quoted(id)),
        ("run_name", quoted(&name)),
        ("run_uuid", quoted(id)),
        ("source_name", quoted("")),
        ("source_type", LOCAL.to_string()),
        ("source_version", quoted("")),
        ("start_time", start.to_string()),
        ("status", FINISHED.to_string()),
        ("tags", "[]".to_owned()),
        ("user_id", quoted("bellwether")),
    ];
    write(&folder.join("meta.yaml"), &yaml(&fields))?;
    for (name, value) in parameters(row) {
        write(&folder.join("params").join(name), value.as_bytes())?;
    }
    for (name, value) in metrics(row) {
        // Time, value and step.
        write(&folder.join("metrics").join(name), format!("{end} {value} 0\n").as_bytes())?;
    }
    let snapshot = row.snapshot_id.to_string();
    for (tag, value) in [
        ("mlflow.runName", name.as_str()),
        ("stage", stage_name(row.stage)),
        ("snapshot", &snapshot),
        ("checksum", &row.checksum),
    ] {
        write(&folder.join("tags").join(tag), value.as_bytes())?;
    }
    fs::create_dir_all(folder.join("artifacts"))?;
    file.map_or(Ok(()), |file| write(&folder.join("artifacts").join("model.onnx"), &file))
}

fn yaml(fields: &[(&str, String)]) -> Vec<u8> {
    let lines = fields.iter().map(|(name, value)| format!("{name}: {value}\n"));
    lines.collect::<String>().into_bytes()
}

/// JSON's strings are YAML's.
fn quoted(text: impl Display) -> String {
    json!(text.to_string()).to_string()
}

fn address(folder: &Path) -> String {
    url::Url::from_file_path(folder).map_or_else(|()| folder.display().to_string(), String::from)
}

fn write(file: &Path, content: &[u8]) -> anyhow::Result<()> {
    let written = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(file, content));
    written.with_context(|| format!("cannot write {}", file.display()))
}
