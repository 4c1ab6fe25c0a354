//! Models that somebody brings along.

use super::market::{self, FIRST, SYMBOLS, THEN};
use domain::forecast::{Error, Predictor, model};
use ml::onnx::message::{Element, Graph, Length, Model, Node, OperatorSet, Tensor, Value};
use prost::Message as _;
use serde_json::{Value as Json, json};
use std::{fs, path::Path};
use tempfile::TempDir;
use tests::{Finished, Program, TestApp, build, onnx_runtime, person::error_code};

/// Expects that so much of the last day's return comes again.
fn file(share: f32) -> Vec<u8> {
    let rows = |name: &str| {
        Value::tensor(name, Element::Float, vec![Length::Named("n".to_owned()), Length::Known(1)])
    };
    let graph = Graph {
        name: "theirs".to_owned(),
        node: vec![Node::new("Mul", &["x", "share"], "y")],
        initializer: vec![Tensor::floats("share", &[1], &[share])],
        input: vec![rows("x")],
        output: vec![rows("y")],
        value_info: Vec::new(),
    };
    let model = Model {
        ir_version: 8,
        producer_name: "somebody".to_owned(),
        producer_version: String::new(),
        graph: Some(graph),
        opset_import: vec![OperatorSet { domain: String::new(), version: 13 }],
        metadata_props: Vec::new(),
    };
    model.encode_to_vec()
}

fn manifest() -> Json {
    json!({
        "input": "x", "layout": "day", "columns": ["ret_1d"], "output": "y", "target": "return", "horizon": 1,
        "feature_version": "2.0.0", "trained_until": "2022-12-30",
    })
}

fn add(app: &TestApp, program: &Program, manifest: &str) -> Finished {
    let folder = TempDir::new().unwrap();
    let paths = ["model.onnx", "manifest.json"].map(|name| folder.path().join(name));
    fs::write(&paths[0], file(-0.5)).unwrap();
    fs::write(&paths[1], manifest).unwrap();
    let [model, manifest] = paths.each_ref().map(|path| path.to_str().unwrap());
    let symbols = SYMBOLS.join(",");
    let days = ["--from", FIRST, "--to", "2024-03-13", "--folds", "3"];
    let arguments =
        [&["models", "add", "forecast", model, "--manifest", manifest, "--universe", &symbols], &days[..]];
    program.run_over(app, &arguments.concat())
}

/// Puts the library where the product looks for it.
fn install(app: &TestApp, library: &Path) {
    let place = &app.config.models.runtime;
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::copy(library, place).unwrap();
}

#[tokio::test]
async fn a_model_that_knows_how_the_market_moves_passes_the_gate() {
    let Some(program) = Program::find("bellwether") else { return };
    let Some(library) = onnx_runtime("a model of somebody's own") else { return };
    let app = TestApp::start_on(THEN).await;
    market::make_learnable(&app).await;
    install(&app, &library);
    let added = add(&app, &program, &manifest().to_string());
    assert_eq!(added.code, Some(0), "{}", added.text);
    let db = app.platform.db.connection();
    let row = model::in_stage(db, model::Stage::Experimental, 1).await.unwrap().remove(0);
    // The app was started before the library was there.
    let admin = app.admin().await;
    let id = market::ids(&app).await[0].clone();
    let mutation = "mutation ($input: PromoteModelInput!) { promoteModel(input: $input) { model { name } } }";
    let refused =
        app.graphql_as(&admin, mutation, json!({ "input": { "id": id, "stage": "STAGING" } })).await;
    let predictor = Predictor::new(&app.platform, &app.config.models);
    let answers = predictor.ask(&app.platform, &row, &SYMBOLS.map(build::symbol)).await.unwrap();
    app.finish().await;
    assert!(added.text.contains("own-1d-1"), "{}", added.text);
    assert!(added.text.contains("the gate to production has no objection"), "{}", added.text);
    assert_eq!(error_code(&refused), "MODEL_UNAVAILABLE");
    assert!(refused["errors"][0]["message"].as_str().unwrap().contains("models runtime"), "{refused}");
    assert_eq!(answers.len(), 3);
    for (symbol, answer) in answers {
        let said = answer.unwrap();
        assert!(said.low_95 < said.price && said.price < said.high_95, "{symbol}: {said:?}");
        assert_eq!(said.contributions, "[]", "nobody knows its reasons");
    }
}

#[tokio::test]
async fn what_a_manifest_gets_wrong_is_named_and_nothing_is_on_record() {
    let Some(program) = Program::find("bellwether") else { return };
    let Some(library) = onnx_runtime("a model of somebody's own") else { return };
    let app = TestApp::start_on(THEN).await;
    market::make(&app).await;
    let without = add(&app, &program, &manifest().to_string());
    install(&app, &library);
    let wrong = [
        ("columns", json!(["nonsense"]), "nonsense, which is no column"),
        ("input", json!("z"), "the model's input is"),
        ("levels", json!([0.9, 0.1]), "the manifest's levels is out of its range"),
        ("layout", json!("week"), "is no manifest"),
        ("horizon", json!(3), "models are trained for 1 and for 5 trading days, not for 3"),
        ("feature_version", json!("9.9.9"), "there is no feature version 9.9.9"),
        ("trained_until", json!("2024-01-31"), "are needed"),
        ("typo", json!(1), "is no manifest"),
    ];
    let mut said = Vec::new();
    for (field, value, _) in &wrong {
        let mut manifest = manifest();
        manifest[*field] = value.clone();
        said.push(add(&app, &program, &manifest.to_string()));
    }
    let count = model::count(app.platform.db.connection(), &model::Filter::default()).await.unwrap();
    app.finish().await;
    assert!(
        without.code == Some(1) && without.text.contains(&Error::NoRuntime.to_string()),
        "{}",
        without.text
    );
    for ((field, _, expected), said) in wrong.iter().zip(said) {
        assert!(said.code == Some(1) && said.text.contains(expected), "{field}: {}", said.text);
    }
    assert_eq!(count, 0);
}
