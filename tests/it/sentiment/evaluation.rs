//! Models on record: measured each week, compared with the version before.

use super::{
    model::{models, texts},
    scoring_by,
};
use domain::sentiment::{
    EvaluateModels,
    evaluation::{self, Counts, Dataset, Exposure, ModelVersion, NewEvaluation, Task},
};
use entity::sentiment::model_evaluation;
use flate2::{Compression, write::GzEncoder};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};
use std::{fmt::Write as _, fs, io::Write as _, path::Path};
use tempfile::TempDir;
use tests::{TestApp, build};
use worker::sentiment::{
    labelled::{Force, Texts, train},
    record::record,
};

const FIELDS: &str = "task model version dataset isActive exposure samples accuracy macroF1 pearson calibrationError \
    confusion classes { label precision recall f1 support } evaluatedAt \
    previous { version macroF1 accuracy exposure } macroF1Change isWorse";

async fn metrics(app: &TestApp, filter: &str) -> Vec<Value> {
    let query = format!("{{ modelMetrics{filter} {{ {FIELDS} }} }}");
    app.data(&query).await["modelMetrics"].as_array().unwrap().clone()
}

async fn run_job(app: &TestApp) {
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &EvaluateModels {}).await.unwrap();
    app.run_jobs().await;
}

async fn rows(app: &TestApp) -> u64 {
    model_evaluation::Entity::find().count(app.platform.db.connection()).await.unwrap()
}

/// An evaluation of 300 texts, `right` of each 100 of a class among them.
fn measured(model: &str, version: &str, dataset: (&str, &str), right: u64) -> NewEvaluation {
    let wrong = 100 - right;
    let confusion: Counts = [[right, wrong, 0], [0, right, wrong], [wrong, 0, right]];
    NewEvaluation {
        task: Task::Sentiment,
        of: ModelVersion { model: model.to_owned(), version: version.to_owned() },
        dataset: Dataset { name: dataset.0.to_owned(), checksum: dataset.1.to_owned() },
        exposure: Exposure::Unknown,
        confusion,
        pearson: Some(0.5),
        calibration_error: 0.1,
    }
}

async fn keep(app: &TestApp, evaluations: &[NewEvaluation]) -> usize {
    evaluation::record(&app.platform, evaluations, &[]).await.unwrap()
}

#[tokio::test]
async fn the_job_measures_every_model_on_every_file_that_can_be_read_and_twice_equals_once() {
    let folder = TempDir::new().unwrap();
    let labelled = folder.path().join("labelled");
    fs::create_dir_all(labelled.join("below")).unwrap();
    let news =
        "text,label\nProfit rose 20 %,positive\nLosses widened,negative\nThe board meets in May,neutral\n";
    fs::write(labelled.join("news.csv"), news).unwrap();
    let mut gzip =
        GzEncoder::new(fs::File::create(labelled.join("tweets.jsonl.gz")).unwrap(), Compression::fast());
    gzip.write_all(b"{\"text\":\"great gains\",\"label\":0.8}\n{\"text\":\"it crashed\",\"label\":-0.7}\n")
        .unwrap();
    gzip.finish().unwrap();
    fs::write(labelled.join("broken.csv"), "day,weather\nmonday,fine\n").unwrap();
    fs::write(labelled.join(".news.csv"), news).unwrap();
    fs::write(labelled.join("below/news.csv"), news).unwrap();

    let app = scoring_by(&models(folder.path())).await;
    run_job(&app).await;
    let first = metrics(&app, "").await;
    run_job(&app).await;
    let (second, rows) = (metrics(&app, "").await, rows(&app).await);
    app.finish().await;

    assert_eq!((first.len(), rows), (4, 4), "{first:#?}");
    assert_eq!(first, second);
    let names: Vec<_> = first.iter().map(|one| format!("{} {}", one["model"], one["dataset"])).collect();
    for name in [r#""finance" "news.csv""#, r#""vader" "news.csv""#, r#""finance" "tweets.jsonl.gz""#] {
        assert!(names.contains(&name.to_owned()), "{names:?}");
    }
    let news = |one: &&Value| one["model"] == "finance" && one["dataset"] == "news.csv";
    let news = first.iter().find(news).unwrap();
    assert_eq!(
        (&news["samples"], &news["accuracy"], &news["macroF1"]),
        (&json!(3), &json!(1.0), &json!(1.0))
    );
    assert_eq!(news["confusion"], json!([[1, 0, 0], [0, 1, 0], [0, 0, 1]]));
    let class = json!({ "label": "NEGATIVE", "precision": 1.0, "recall": 1.0, "f1": 1.0, "support": 1 });
    assert_eq!(news["classes"][0], class);
    assert!(news["pearson"].as_f64().unwrap() > 0.9, "{news}");
    assert_eq!((&news["exposure"], &news["previous"]), (&json!("UNKNOWN"), &Value::Null));
    // `compact` is to score posts, and is not there: its fallback, which scores news anyway, is in use alone.
    let active = |one: &&Value| one["isActive"] == json!(true);
    assert!(first.iter().filter(active).all(|one| one["model"] == "finance"), "{first:#?}");
    assert_eq!(first.iter().filter(active).count(), 2);
}

#[tokio::test]
async fn texts_of_several_sources_are_measured_as_a_whole_and_by_source() {
    let folder = TempDir::new().unwrap();
    let labelled = folder.path().join("labelled");
    fs::create_dir_all(&labelled).unwrap();
    let rows = "text,label,source\nProfit rose 20 %,positive,news\nLosses widened,negative,news\n\
        great gains,positive,reddit\n";
    fs::write(labelled.join("mixed.csv"), rows).unwrap();
    fs::write(labelled.join("one.csv"), "text,label,source\nProfit rose 20 %,positive,news\n").unwrap();
    let app = scoring_by(&models(folder.path())).await;
    run_job(&app).await;
    let found = metrics(&app, r#"(filter: { model: "finance" })"#).await;
    app.finish().await;
    let mut sizes: Vec<_> =
        found.iter().map(|one| format!("{} {}", one["dataset"].as_str().unwrap(), one["samples"])).collect();
    sizes.sort();
    assert_eq!(sizes, ["mixed.csv 3", "mixed.csv: news 2", "mixed.csv: reddit 1", "one.csv 1"]);
}

#[test]
fn a_folder_of_labelled_texts_is_a_trial_and_a_broken_file_spoils_no_other() {
    let folder = TempDir::new().unwrap();
    assert!(Texts::read_folder(&folder.path().join("nowhere")).unwrap().is_none());
    fs::write(folder.path().join("broken.csv"), "day,weather\nmonday,fine\n").unwrap();
    assert!(Texts::read_folder(folder.path()).unwrap().is_none());
    fs::write(folder.path().join("a.csv"), "text,label\nProfit rose,positive\n").unwrap();
    fs::write(folder.path().join("b.csv"), "text,label\nLosses widened,negative\n").unwrap();
    let texts = Texts::read_folder(folder.path()).unwrap().unwrap();
    assert_eq!((texts.name(), texts.len()), ("a.csv, b.csv", 2));
}

#[tokio::test]
async fn without_a_folder_the_job_ends_quietly() {
    let folder = TempDir::new().unwrap();
    let app = scoring_by(&models(folder.path())).await;
    run_job(&app).await;
    fs::create_dir_all(folder.path().join("labelled")).unwrap();
    run_job(&app).await;
    assert_eq!(rows(&app).await, 0);
    app.finish().await;
}

#[tokio::test]
async fn metrics_are_filtered_and_cost_two_statements_whatever_there_is() {
    let app = TestApp::start_on("2026-03-01T03:00:00Z").await;
    keep(&app, &[measured("compact", "1", ("news.csv", "a"), 80)]).await;
    let query = format!("{{ modelMetrics {{ {FIELDS} }} }}");
    let few = app.statements(&query).await;
    app.platform.clock.set(build::time("2026-03-08T03:00:00Z"));
    let versions: Vec<String> = (2..40).map(|version| version.to_string()).collect();
    let more: Vec<_> =
        versions.iter().map(|version| measured("compact", version, ("news.csv", "a"), 81)).collect();
    keep(&app, &more).await;
    keep(&app, &[measured("finance", "1", ("tweets.csv", "b"), 70)]).await;
    let many = app.statements(&query).await;

    let all = metrics(&app, "").await;
    let compact = metrics(&app, r#"(filter: { task: SENTIMENT, model: "compact" })"#).await;
    let tweets = metrics(&app, r#"(filter: { dataset: "tweets.csv" })"#).await;
    let late = metrics(&app, r#"(filter: { since: "2026-03-08T03:00:00Z" })"#).await;
    let none = metrics(&app, r#"(filter: { model: "finance", dataset: "news.csv" })"#).await;
    app.finish().await;
    assert_eq!((few, many), (2, 2));
    assert_eq!((all.len(), compact.len(), tweets.len(), late.len(), none.len()), (40, 39, 1, 39, 0));
    assert_eq!((&all[0]["model"], &all[1]["version"]), (&json!("finance"), &json!("39")), "newest first");
    assert_eq!(all[1]["previous"]["version"], "38");
    assert_eq!(all[39]["evaluatedAt"], "2026-03-01T03:00:00+00:00");
}

#[tokio::test]
async fn only_what_says_something_new_is_a_new_row() {
    let app = TestApp::start_on("2026-03-01T03:00:00Z").await;
    let first = measured("finance", "1", ("news.csv", "a"), 80);
    assert_eq!(keep(&app, &[first.clone(), first.clone()]).await, 1);
    app.platform.clock.set(build::time("2026-03-08T03:00:00Z"));
    assert_eq!(keep(&app, std::slice::from_ref(&first)).await, 0);
    let rounded = NewEvaluation { calibration_error: 0.1 + 1e-12, ..first.clone() };
    assert_eq!(keep(&app, &[rounded]).await, 0);
    // The same name with other rows, the same rows under another name, and other numbers on the same rows.
    assert_eq!(keep(&app, &[measured("finance", "1", ("news.csv", "b"), 70)]).await, 1);
    assert_eq!(keep(&app, &[measured("finance", "1", ("old news.csv", "a"), 80)]).await, 1);
    assert_eq!(keep(&app, &[measured("finance", "1", ("news.csv", "b"), 71)]).await, 1);
    // A training is remembered, whoever measures later.
    let trained = NewEvaluation { exposure: Exposure::TrainedOn, ..first.clone() };
    assert_eq!(keep(&app, &[trained]).await, 1);
    assert_eq!(keep(&app, &[first]).await, 0);
    let shown = metrics(&app, "").await;
    let rows = rows(&app).await;
    app.finish().await;
    let line = |one: &Value| format!("{} {} {}", one["dataset"], one["accuracy"], one["exposure"]);
    let lines: Vec<_> = shown.iter().map(line).collect();
    let expected =
        [r#""news.csv" 0.8 "TRAINED_ON""#.to_owned(), r#""old news.csv" 0.8 "UNKNOWN""#.to_owned()];
    assert_eq!((lines, rows), (expected.into(), 5));
}

#[tokio::test]
async fn a_version_is_worse_when_chance_does_not_explain_its_loss_on_the_same_texts() {
    let app = TestApp::start().await;
    // Of 300 texts macro-F1s of 0.7 to 0.8 have standard errors of about 0.025, and their differences of 0.035.
    let versions = [("1", 80), ("2", 74), ("3", 80), ("4", 70), ("5", 90)];
    for (version, right) in versions {
        keep(&app, &[measured("compact", version, ("news.csv", "a"), right)]).await;
    }
    keep(&app, &[measured("compact", "6", ("news.csv", "other rows"), 10)]).await;
    // What was learned by heart is no measure for those who learned something else.
    let trained = |version, right| NewEvaluation {
        exposure: Exposure::TrainedOn,
        ..measured("compact", version, ("news.csv", "a"), right)
    };
    keep(&app, &[trained("7", 99), measured("compact", "8", ("news.csv", "a"), 70)]).await;
    keep(&app, &[trained("9", 99), trained("10", 70)]).await;
    keep(&app, &[measured("finance", "1", ("news.csv", "a"), 10)]).await;
    let shown = metrics(&app, "").await;
    app.finish().await;
    let line = |one: &Value| {
        let change =
            one["macroF1Change"].as_f64().map_or("none".to_owned(), |change| format!("{change:+.2}"));
        format!("{} {}: {change} {}", one["model"], one["version"], one["isWorse"]).replace('"', "")
    };
    let lines: Vec<String> = shown.iter().rev().map(line).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    compact 1: none false
    compact 2: -0.06 false
    compact 3: +0.06 false
    compact 4: -0.10 true
    compact 5: +0.20 false
    compact 6: none false
    compact 7: +0.09 false
    compact 8: -0.29 false
    compact 9: +0.29 false
    compact 10: -0.29 true
    finance 1: none false
    ");
}

/// Each of 120 made-up words gives its label away; a text for each of `phrases` has it.
fn words(folder: &Path, name: &str, phrases: &[&str]) -> Texts {
    let mut csv = String::from("text,label\n");
    for word in 0..120_usize {
        let label = ["positive", "neutral", "negative"][word % 3];
        // Letters without a pattern that the labels could share.
        let hash = (word as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        let word: String = hash.iter().map(|byte| char::from(b'a' + byte % 26)).collect();
        for phrase in phrases {
            writeln!(csv, "{},{label}", phrase.replace("{}", &word)).unwrap();
        }
    }
    let file = folder.join(name);
    fs::write(&file, csv).unwrap();
    Texts::read(&[file]).unwrap()
}

#[tokio::test]
async fn a_worse_version_is_refused_by_name_and_flagged_when_it_is_forced() {
    let folder = TempDir::new().unwrap();
    let models = models(folder.path());
    let app = scoring_by(&models).await;
    let phrases = ["the firm {} it", "they {} today", "we heard that it {}", "{} as ever"];
    let often = words(folder.path(), "often.csv", &phrases);
    let first = train(&often, &models, Force::No).await.unwrap();
    record(&app.platform, &models, &first.evaluations).await.unwrap();
    // What is held out of these has words that the training has never seen, and that the version before knows, though
    // not these texts.
    let rare = words(folder.path(), "once.csv", &["and then it {}"]);
    let refusal = train(&rare, &models, Force::No).await.unwrap_err().to_string();
    let forced = train(&rare, &models, Force::Yes).await.unwrap();
    record(&app.platform, &models, &forced.evaluations).await.unwrap();

    let held_out = metrics(&app, r#"(filter: { dataset: "once.csv (held out)" })"#).await;
    let trained_on = metrics(&app, r#"(filter: { dataset: "once.csv" })"#).await;
    let before = metrics(&app, r#"(filter: { dataset: "often.csv" })"#).await;
    app.finish().await;
    assert!(refusal.contains(&format!("`compact` {} (which it would replace", first.version)), "{refusal}");
    let find = |version: &str| held_out.iter().find(|one| one["version"] == version).unwrap();
    let (new, old) = (find(&forced.version), find(&first.version));
    assert_eq!(
        (&new["isWorse"], &new["isActive"], &new["exposure"]),
        (&json!(true), &json!(true), &json!("HELD_OUT"))
    );
    assert_eq!(new["previous"]["version"], json!(first.version));
    assert_eq!(
        (&old["isWorse"], &old["isActive"], &old["exposure"]),
        (&json!(false), &json!(false), &json!("UNKNOWN"))
    );
    assert_eq!(held_out.len(), 4, "with `finance` and `vader`");
    for (metrics, version, samples) in [(&trained_on, &forced.version, 120), (&before, &first.version, 480)] {
        assert_eq!(metrics.len(), 1);
        assert_eq!((&metrics[0]["version"], &metrics[0]["samples"]), (&json!(version), &json!(samples)));
        assert_eq!(metrics[0]["exposure"], "TRAINED_ON");
    }
}

#[tokio::test]
async fn a_version_is_not_measured_on_texts_that_it_knows_when_another_is_trained_on_them() {
    let folder = TempDir::new().unwrap();
    let models = models(folder.path());
    let app = scoring_by(&models).await;
    let phrases = ["the firm {} it", "they {} today", "we heard that it {}", "{} as ever"];
    train(&words(folder.path(), "often.csv", &phrases), &models, Force::No).await.unwrap();
    // Of its words the new one can't know those that are held out; the one before was trained on the very texts.
    let few = words(folder.path(), "few.csv", &phrases[..1]);
    let second = train(&few, &models, Force::No).await.unwrap();
    record(&app.platform, &models, &second.evaluations).await.unwrap();
    let found = metrics(&app, r#"(filter: { dataset: "few.csv (held out)", model: "compact" })"#).await;
    app.finish().await;
    let mut exposures: Vec<_> = found.iter().map(|one| one["exposure"].as_str().unwrap()).collect();
    exposures.sort_unstable();
    assert_eq!(exposures, ["HELD_OUT", "TRAINED_ON"]);
}

#[tokio::test]
async fn the_job_knows_what_a_model_was_trained_on_and_a_batch_which_model_is_in_use() {
    let folder = TempDir::new().unwrap();
    let models = models(folder.path());
    fs::create_dir_all(folder.path().join("labelled")).unwrap();
    let app = scoring_by(&models).await;
    let trained = train(&texts(folder.path(), true), &models, Force::No).await.unwrap();
    evaluation::record(&app.platform, &trained.evaluations, &[]).await.unwrap();
    fs::copy(folder.path().join("labelled.csv"), folder.path().join("labelled/renamed.csv")).unwrap();
    let by_model = r#"(filter: { model: "compact" })"#;
    let unused = metrics(&app, by_model).await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let post = build::new_post("first", &app.platform.clock.now().to_rfc3339(), "$AAPL zorbling");
    build::posts(&app.platform, &[post]).await;
    app.run_jobs().await;
    let used = metrics(&app, by_model).await;
    run_job(&app).await;
    let renamed = metrics(&app, r#"(filter: { model: "compact", dataset: "renamed.csv" })"#).await;
    app.finish().await;
    let active =
        |metrics: &[Value]| metrics.iter().map(|one| one["isActive"] == json!(true)).collect::<Vec<_>>();
    assert_eq!((active(&unused), active(&used)), (vec![false, false], vec![true, true]));
    assert_eq!((&renamed[0]["exposure"], &renamed[0]["isActive"]), (&json!("TRAINED_ON"), &json!(true)));
}
