//! Models that are measured at the machine, and on record.

use domain::sentiment::evaluation::{self, Exposure, ModelVersion, NewEvaluation, Task};
use std::{fs, path::Path};
use tempfile::TempDir;
use tests::{Finished, Program, TestApp, on_postgres};
use worker::sentiment::labelled::Texts;

const NEWS: &str =
    "text,label\nProfit rose 20 %,positive\nLosses widened,negative\nThe board meets in May,neutral\n";

/// `bellwether evaluate sentiment` of the file, with `more` arguments and settings over those of `app`.
fn evaluate(app: &TestApp, file: &Path, more: &[&str], settings: &[(&str, &str)]) -> Option<Finished> {
    let bellwether = Program::find("bellwether")?;
    let mut arguments = vec!["evaluate", "sentiment", "--data", file.to_str().unwrap()];
    arguments.extend(more);
    let own = app.settings();
    let own = own.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Some(bellwether.run(&arguments, &own.chain(settings.iter().copied()).collect::<Vec<_>>()))
}

async fn shown(app: &TestApp) -> usize {
    app.data("{ modelMetrics { model } }").await["modelMetrics"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_evaluation_goes_on_record_only_when_that_is_asked_for() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("news.csv");
    fs::write(&file, NEWS).unwrap();
    let app = TestApp::start().await;
    let Some(printed) = evaluate(&app, &file, &[], &[("DATABASE_URL", "sqlite://nowhere/x.db?mode=ro")])
    else {
        return app.discard().await;
    };
    assert_eq!(printed.code, Some(0), "without --record no database is opened: {}", printed.text);
    assert!(printed.text.contains("finance"), "{}", printed.text);
    assert_eq!(shown(&app).await, 0);
    for new in ["2 of 2 evaluations are new on record", "0 of 2 evaluations are new on record"] {
        let recorded = evaluate(&app, &file, &["--record"], &[]).unwrap();
        assert_eq!(recorded.code, Some(0), "{}", recorded.text);
        assert!(recorded.text.contains(new), "{}", recorded.text);
        assert_eq!(shown(&app).await, 2);
    }
    app.finish().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_explained_before_anything_is_measured_or_trained() {
    if on_postgres() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("news.csv");
    fs::write(&file, NEWS).unwrap();
    let app = TestApp::start().await;
    let wrong = [("DATABASE_URL", "postgres://nobody@127.0.0.1:9/nothing")];
    let Some(finished) = evaluate(&app, &file, &["--record"], &wrong) else { return app.discard().await };
    assert_eq!(finished.code, Some(1), "{}", finished.text);
    assert!(finished.text.contains("error: cannot open the database at"), "{}", finished.text);
    assert!(finished.text.trim_end().contains("; "), "a remedy: {}", finished.text);
    assert!(!finished.text.contains("macro-F1"), "{}", finished.text);
    let bellwether = Program::find("bellwether").unwrap();
    let train = ["models", "train", "sentiment", "--data", file.to_str().unwrap()];
    let finished = bellwether.run(&train, &wrong);
    assert!(finished.text.contains("error: cannot open the database at"), "{}", finished.text);
    assert!(!finished.text.contains("training on"), "{}", finished.text);
    app.finish().await;
}

/// Runs the job over the labelled texts in `folder`, and waits for its end.
fn run_job(worker: &Program, app: &TestApp, folder: &Path) -> Finished {
    let mut settings = app.settings();
    let labelled = folder.to_str().unwrap().to_owned();
    settings.push(("BELLWETHER_SENTIMENT__LABELLED_FOLDER".to_owned(), labelled));
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let finished = worker.run(&["once", "sentiment.evaluate_models"], &settings);
    assert_eq!(finished.code, Some(0), "{}", finished.text);
    finished
}

fn warnings(finished: &Finished) -> Vec<&str> {
    finished.text.lines().filter(|line| line.contains("WARN")).collect()
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named_by_the_job_which_goes_on() {
    let Some(worker) = Program::find("bellwether-worker") else { return };
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("news.csv"), NEWS).unwrap();
    fs::write(folder.path().join("weather.csv"), "day,weather\nmonday,fine\n").unwrap();
    let app = TestApp::start().await;
    let finished = run_job(&worker, &app, folder.path());
    let warnings = warnings(&finished);
    assert!(
        warnings.len() == 1 && warnings[0].contains("weather.csv has no column for the"),
        "{}",
        finished.text
    );
    assert!(
        finished.text.contains("Measured 2 models on 1 datasets, 2 new evaluations"),
        "{}",
        finished.text
    );
    assert_eq!(shown(&app).await, 2);
    app.finish().await;
}

#[tokio::test]
async fn a_model_that_scores_worse_than_its_version_before_is_warned_of_by_both_names() {
    let Some(worker) = Program::find("bellwether-worker") else { return };
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("riddles.csv");
    let lines = (0..60).map(|n| format!("riddle {n},{}\n", ["positive", "neutral", "negative"][n % 3]));
    fs::write(&file, format!("text,label\n{}", lines.collect::<String>())).unwrap();
    let app = TestApp::start().await;
    let before = |model: &str| NewEvaluation {
        task: Task::Sentiment,
        of: ModelVersion { model: model.to_owned(), version: "oracle".to_owned() },
        dataset: Texts::read(std::slice::from_ref(&file)).unwrap().dataset(),
        exposure: Exposure::Unknown,
        confusion: [[20, 0, 0], [0, 20, 0], [0, 0, 20]],
        pearson: Some(1.0),
        calibration_error: 0.0,
    };
    // `vader` is worse, too, but scores nothing.
    let found = [before("finance"), before("vader")];
    evaluation::record(&app.platform, &found, &[]).await.unwrap();
    let finished = run_job(&worker, &app, folder.path());
    let warnings = warnings(&finished);
    assert_eq!(warnings.len(), 1, "{}", finished.text);
    for part in
        ["`finance` ", "a macro-F1 of 0.167 on riddles.csv", "its version before, oracle, one of 1.000"]
    {
        assert!(warnings[0].contains(part), "{part} in {}", warnings[0]);
    }
    let query = "{ modelMetrics { model version isActive isWorse previous { version } } }";
    let shown = app.data(query).await;
    let worse = shown["modelMetrics"].as_array().unwrap().iter().filter(|one| one["isWorse"] == true);
    let worse: Vec<_> = worse.map(|one| (one["model"].clone(), one["isActive"].clone())).collect();
    assert_eq!(worse, [("vader".into(), false.into()), ("finance".into(), true.into())]);
    app.finish().await;
}
