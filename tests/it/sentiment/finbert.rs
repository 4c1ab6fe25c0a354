//! A model that others have trained: added when it works, scoring, and gone again.

use super::{scored, scoring_by};
use axum::{Router, body::Bytes, routing::get};
use ml::{
    onnx::{
        self,
        runtime::{Runtime, Tensor},
    },
    softmax::{Softmax, Training},
    sparse::Rows,
};
use platform::config::{ModelName, ModelsConfig, SentimentConfig};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use std::{fs, path::Path, sync::Arc};
use tempfile::TempDir;
use tests::{Bert, Program, build, onnx_runtime};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;
use worker::sentiment::{
    finbert::{self, Request},
    labelled::{Force, Texts},
    models::Models,
};

const TEXTS: [&str; 5] = [
    "Profits rose sharply",
    "word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 heavy losses, fraud, and word11 fell",
    "word17",
    "",
    "Bankrupt",
];

/// Everything of `folder`, run by ONNX Runtime where there is one.
fn models(folder: &Path, runtime: &Path) -> Models {
    let sentiment = SentimentConfig {
        social: ModelName::Finbert,
        news: ModelName::Finbert,
        fallback: ModelName::Finance,
        least_quality: 0,
        good_quality: 50,
        labelled_folder: folder.join("labelled"),
    };
    let config = ModelsConfig { runtime: runtime.to_owned(), ..ModelsConfig::within(folder.join("models")) };
    Models { sentiment, config }
}

fn origin(folder: &Path) -> Request {
    Request { origin: folder.to_str().unwrap().to_owned(), ..Request::default() }
}

fn assert_near(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < tolerance, "{found} is not {expected}");
    }
}

#[tokio::test]
async fn texts_of_all_lengths_together_score_as_each_alone() {
    let Some(runtime) = onnx_runtime("scoring by a BERT") else { return };
    let folder = TempDir::new().unwrap();
    let mut scores = Vec::new();
    for fixed in [None, Some((2, 24))] {
        let bert = folder.path().join("bert");
        Bert { fixed, ..Bert::TINY }.write(&bert);
        let models = models(folder.path(), &runtime);
        let added = finbert::add(&models, &origin(&bert)).await.unwrap();
        assert!(added.tells_good_from_bad);
        let model = models.find(ModelName::Finbert).await.unwrap();
        assert_eq!((model.name(), model.version()), ("finbert", added.version.as_str()));
        let score = |texts: &[&str]| -> Vec<f64> {
            model.judge(texts).unwrap().iter().map(|judgement| judgement.score).collect()
        };
        let together = score(&TEXTS);
        let alone: Vec<f64> = TEXTS.iter().flat_map(|text| score(&[text])).collect();
        assert_near(&together, &alone, 1e-5);
        assert!(together[0] > 0.3 && together[1] < -0.3 && together[2].abs() < 0.3, "{together:?}");
        let endless = "losses ".repeat(150_000);
        assert!(score(&[&endless])[0] < -0.5, "a text of a megabyte is cut off");
        scores.push(together);
    }
    assert_near(&scores[0], &scores[1], 1e-5);
}

#[tokio::test]
async fn it_scores_posts_until_it_is_removed() {
    let Some(runtime) = onnx_runtime("scoring by a BERT") else { return };
    let folder = TempDir::new().unwrap();
    let models = models(folder.path(), &runtime);
    let app = scoring_by(&models).await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let mut found = Vec::new();
    for step in ["before", "with", "after"] {
        match step {
            "with" => {
                let bert = folder.path().join("bert");
                Bert::TINY.write(&bert);
                finbert::add(&models, &origin(&bert)).await.unwrap();
            }
            "after" => assert!(models.remove(ModelName::Finbert).unwrap()),
            _ => {}
        }
        found.push(scored(&app, step, "plunged, fell, fraud").await);
    }
    app.finish().await;
    assert_eq!(found, ["before: finance NEGATIVE", "with: finbert NEGATIVE", "after: finance NEGATIVE"]);
    assert_eq!(fs::read_dir(&models.config.folder).unwrap().count(), 0, "nothing is left behind");
}

#[tokio::test]
async fn what_does_not_work_is_refused_and_the_present_model_stays() {
    let Some(runtime) = onnx_runtime("adding a BERT") else { return };
    let folder = TempDir::new().unwrap();
    let (models, bert) = (models(folder.path(), &runtime), folder.path().join("bert"));
    Bert::TINY.write(&bert);
    let present = finbert::add(&models, &origin(&bert)).await.unwrap();
    let whole = fs::read(bert.join("model.onnx")).unwrap();
    let other_checksum = Request { checksum: Some("00".repeat(32)), ..origin(&bert) };
    let unnamed = r#"{"id2label": {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}}"#;
    let cases: [(&str, &[u8], Request, &str); 7] = [
        ("model.onnx", &whole[..whole.len() / 2], origin(&bert), "ONNX Runtime refuses the model"),
        ("model.onnx", b"<html>sign in</html>", origin(&bert), "ONNX Runtime refuses the model"),
        ("tokenizer.json", br#"{"version":"#, origin(&bert), "the tokenizer cannot be read"),
        ("config.json", unnamed.as_bytes(), origin(&bert), "--labels positive,negative,neutral"),
        ("config.json", b"[", origin(&bert), "config.json is damaged"),
        ("unrelated", b"", other_checksum, "it is not what you meant"),
        ("unrelated", b"", origin(&folder.path().join("nowhere")), "is not there"),
    ];
    for (name, content, request, reason) in cases {
        Bert::TINY.write(&bert);
        fs::write(bert.join(name), content).unwrap();
        let error = finbert::add(&models, &request).await.unwrap_err();
        assert!(format!("{error:#}").contains(reason), "{name}: {error:#}");
        let model = models.find(ModelName::Finbert).await.unwrap();
        assert_eq!(model.version(), present.version, "{name}");
    }
    let left = fs::read_dir(&models.config.folder).unwrap().count();
    assert_eq!(left, 2, "the record and its folder, and nothing of what was refused");
}

#[tokio::test]
async fn a_model_that_is_worse_on_a_trial_is_refused_unless_it_is_forced() {
    let Some(runtime) = onnx_runtime("trying a BERT") else { return };
    let folder = TempDir::new().unwrap();
    let (models, bert) = (models(folder.path(), &runtime), folder.path().join("bert"));
    Bert::TINY.write(&bert);
    // Words that mean nothing to it.
    let labelled = folder.path().join("labelled.csv");
    fs::write(&labelled, "text,label\nupgraded to buy,positive\ndowngraded to sell,negative\n").unwrap();
    let texts = Arc::new(Texts::read(&[labelled]).unwrap());
    let trial = |force| Request { trial: Some((texts.clone(), force)), ..origin(&bert) };
    let error = finbert::add(&models, &trial(Force::No)).await.unwrap_err();
    assert!(format!("{error:#}").contains("the new `finbert` has a macro-F1 of"), "{error:#}");
    assert!(models.find(ModelName::Finbert).await.is_err());
    let forced = finbert::add(&models, &trial(Force::Yes)).await.unwrap();
    let names: Vec<&str> = forced.scores.iter().map(|score| score.model.as_str()).collect();
    assert_eq!(names, ["finbert", "finance", "vader"]);
}

#[tokio::test]
async fn files_that_changed_since_are_not_opened() {
    let Some(runtime) = onnx_runtime("opening a BERT") else { return };
    let folder = TempDir::new().unwrap();
    let (models, bert) = (models(folder.path(), &runtime), folder.path().join("bert"));
    Bert::TINY.write(&bert);
    let added = finbert::add(&models, &origin(&bert)).await.unwrap();
    fs::write(added.folder.join("tokenizer.json"), "{}").unwrap();
    let error = models.find(ModelName::Finbert).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "MODEL_UNAVAILABLE: finbert: tokenizer.json is not what was added; run `bellwether models add finbert PATH|URL`"
    );
}

#[tokio::test]
async fn a_model_is_fetched_from_an_address() {
    let Some(runtime) = onnx_runtime("fetching a BERT") else { return };
    let folder = TempDir::new().unwrap();
    let (models, bert) = (models(folder.path(), &runtime), folder.path().join("bert"));
    Bert::TINY.write(&bert);
    let file = |name: &str| {
        let bytes = Bytes::from(fs::read(bert.join(name)).unwrap());
        get(move || async move { bytes })
    };
    let router = Router::new()
        .route("/hub/tokenizer.json", file("tokenizer.json"))
        .route("/hub/config.json", file("config.json"))
        .route("/hub/onnx/model.onnx", file("model.onnx"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let _server =
        AbortOnDropHandle::new(tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let request = |path: &str| Request { origin: format!("http://{address}{path}"), ..Request::default() };
    let added = finbert::add(&models, &request("/hub/")).await.unwrap();
    assert_eq!(models.find(ModelName::Finbert).await.unwrap().version(), added.version);
    let error = finbert::add(&models, &request("/elsewhere")).await.unwrap_err();
    assert_eq!(error.to_string(), format!("http://{address}/elsewhere/tokenizer.json is not there"));
}

#[test]
fn the_commands_add_list_and_remove_and_say_what_is_missing() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let folder = TempDir::new().unwrap();
    let bert = folder.path().join("bert");
    Bert::TINY.write(&bert);
    let add = ["models", "add", "finbert", bert.to_str().unwrap()];
    let run = |arguments: &[&str], settings: &[(&str, &str)]| {
        let finished = bellwether.run_in(folder.path(), arguments, settings);
        (finished.code, finished.text)
    };
    let (code, text) = run(&add, &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("MODEL_UNAVAILABLE: finbert: ONNX Runtime cannot be loaded"), "{text}");
    assert!(text.contains("run `bellwether models runtime`"), "{text}");
    let library = folder.path().join("library");
    fs::write(&library, "no library").unwrap();
    let (code, text) = run(&["models", "runtime", library.to_str().unwrap()], &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("ONNX Runtime cannot be loaded"), "{text}");

    let Some(runtime) = onnx_runtime("adding a BERT") else { return };
    let (code, text) = run(&["models", "runtime", runtime.to_str().unwrap()], &[]);
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = run(&add, &[]);
    assert!(code == Some(0) && text.contains("it scores where"), "{text}");
    let (_, text) = run(&["models", "list"], &[]);
    let names: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["finance", "finbert", "vader"], "{text}");
    let (_, text) = run(&["models", "list"], &[("ORT_DYLIB_PATH", "absent.so")]);
    assert!(text.contains("absent.so is not there; run `bellwether models runtime`"), "{text}");
    for expected in ["finbert is gone", "finbert was not there"] {
        let (code, text) = run(&["models", "remove", "finbert"], &[]);
        assert!(code == Some(0) && text.contains(expected), "{text}");
    }
}

#[test]
fn the_runtime_answers_what_our_own_forward_pass_of_the_compact_model_answers() {
    let Some(runtime) = onnx_runtime("running a compact model") else { return };
    let columns = 300_u32;
    let mut random = StdRng::seed_from_u64(11);
    let mut rows = Rows::new();
    let labels: Vec<usize> = (0..200).map(|row| row % 3).collect();
    for label in &labels {
        let tell = u32::try_from(*label).unwrap();
        let entries = (0..9).map(|_| (random.random_range(3..columns), random.random_range(0.1..1.0)));
        rows.push(entries.chain([(tell, 0.5)]));
    }
    let training =
        Training { columns: columns as usize, classes: 3, penalty: 1e-5, balance: 0.5, prior: None };
    let model = Softmax::train(&rows, &labels, &training).with_temperature(1.7);
    let file = TempDir::new().unwrap();
    let path = file.path().join("compact.onnx");
    fs::write(&path, onnx::File::from(&model).encode()).unwrap();
    let session = Runtime::load(&runtime).unwrap().open(&path, 1).unwrap();
    let (mut indices, mut values) = (vec![], vec![]);
    for row in rows.iter() {
        indices.extend(row.columns.iter().map(|column| i64::from(*column)));
        values.extend(row.values);
    }
    let shape = vec![labels.len(), 10];
    let inputs = vec![
        (onnx::INDICES, Tensor::Integers(shape.clone(), indices)),
        (onnx::VALUES, Tensor::Floats(shape, values)),
    ];
    let (shape, found) = session.run(inputs, onnx::PROBABILITIES).unwrap();
    assert_eq!(shape, [labels.len(), 3]);
    let expected: Vec<f64> = rows.iter().flat_map(|row| model.probabilities(row)).collect();
    let found: Vec<f64> = found.into_iter().map(f64::from).collect();
    assert_near(&found, &expected, 1e-5);
    assert!(expected.iter().any(|share| *share > 0.5), "the model has learned something");
}
