//! Training: what comes of it, and what is refused.

use super::market::{self, SYMBOLS, THEN, ids, request, trained};
use domain::forecast::{
    Artefacts, Error,
    model::{self, Kind},
    training::{Asked, Request, train},
};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;
use tests::{Program, TestApp, build, person::error_code};
use tokio::sync::watch;

const TRAIN: &str =
    "mutation ($input: TrainModelInput!) { trainModel(input: $input) { job { id kind state } } }";

fn input(kind: &str) -> Value {
    json!({ "kind": kind, "symbols": SYMBOLS, "firstDay": market::FIRST, "folds": 2, "rounds": 2 })
}

#[tokio::test]
async fn an_administrator_trains_all_kinds_of_models_and_reads_how_they_compare_with_naive() {
    let app = TestApp::start_on(THEN).await;
    market::make(&app).await;
    let admin = app.admin().await;
    for kind in ["TREES", "LSTM", "TFT"] {
        app.data_as(&admin, TRAIN, json!({ "input": input(kind) })).await;
    }
    app.run_jobs().await;
    let models = app
        .data(
            "{ models { totalCount edges { node { name kind horizon version stage featureVersion trials isBetterThanNaive
               pValueAgainstNaive scores { name meanAbsoluteError pinball coverage95 { share low high } } live { judged } } } }
               staged: models(filter: { stage: STAGING }) { edges { cursor } } }",
        )
        .await;
    let files = std::fs::read_dir(app.models.path().join("forecast")).unwrap().count();
    app.finish().await;
    let nodes: Vec<&Value> =
        models["models"]["edges"].as_array().unwrap().iter().map(|edge| &edge["node"]).collect();
    let names: Vec<&str> = nodes.iter().map(|node| node["name"].as_str().unwrap()).collect();
    assert_eq!(
        (&models["models"]["totalCount"], &names[..]),
        (&json!(3), &["tft-1d-1", "lstm-1d-1", "trees-1d-1"][..])
    );
    for node in nodes {
        assert_eq!(
            (&node["stage"], &node["version"], &node["live"]),
            (&json!("EXPERIMENTAL"), &json!(1), &json!(null))
        );
        let scores = node["scores"].as_array().unwrap();
        let of: Vec<&str> = scores.iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(of[1..], ["naive", "drift"]);
        assert!(node["name"].as_str().unwrap().starts_with(of[0]), "{node}");
        assert!(scores.iter().all(|one| one["pinball"].as_f64().unwrap() > 0.0), "{node}");
        // Prices that wander by chance are nobody's to know.
        assert_eq!(node["isBetterThanNaive"], false, "{node}");
    }
    assert_eq!((models["staged"]["edges"].as_array().unwrap().len(), files), (0, 3));
}

#[tokio::test]
async fn an_ensemble_says_who_is_in_it_and_how_good_they_are_alone() {
    let app = TestApp::start_on(THEN).await;
    market::make(&app).await;
    let admin = app.admin().await;
    let ask = async |kind: &str, members: &[&str]| {
        let mut input = input(kind);
        input["members"] = json!(members);
        input["combination"] = json!("WEIGHTED");
        app.graphql_as(&admin, TRAIN, json!({ "input": input })).await
    };
    let asked = ask("ENSEMBLE", &["TREES", "LSTM"]).await;
    let mut refused = Vec::new();
    for (kind, members) in [
        ("ENSEMBLE", &["TREES"][..]),
        ("ENSEMBLE", &["TREES", "TREES"]),
        ("ENSEMBLE", &["TREES", "ENSEMBLE"]),
        ("TREES", &["LSTM"]),
        ("OWN", &[]),
    ] {
        let response = ask(kind, members).await;
        refused
            .push((error_code(&response).to_owned(), response["errors"][0]["extensions"]["field"].clone()));
    }
    app.run_jobs().await;
    market::promote(&app, &admin, &ids(&app).await[0], "PRODUCTION").await;
    let said = market::predict(&app, &admin, "MSFT").await;
    let models = app
        .data("{ models { edges { node { name members { name weight } scores { name } deadFeatures } } } }")
        .await;
    app.finish().await;
    assert_eq!(asked.get("errors"), None, "{asked}");
    let wrong = |field: &str| ("BAD_USER_INPUT".to_owned(), json!(field));
    assert_eq!(refused, ["members", "members", "members", "members", "kind"].map(wrong));
    let model = &models["models"]["edges"][0]["node"];
    assert_eq!((&model["name"], &said["modelVersion"]), (&json!("ensemble-1d-1"), &json!("ensemble-1d-1")));
    let names = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&model["members"]), ["trees", "lstm"]);
    assert_eq!(names(&model["scores"]), ["ensemble", "trees", "lstm", "naive", "drift"]);
    let weights: f64 =
        model["members"].as_array().unwrap().iter().map(|one| one["weight"].as_f64().unwrap()).sum();
    assert!((weights - 1.0).abs() < 1e-6, "{model}");
    assert!(model["deadFeatures"].is_array(), "{model}");
}

#[tokio::test]
async fn the_same_data_settings_and_seed_give_the_same_file() {
    let app = TestApp::start_on(THEN).await;
    market::make(&app).await;
    let (first, second, other) = (trained(&app, 7).await, trained(&app, 7).await, trained(&app, 8).await);
    let compared = "query ($a: ID!, $b: ID!) { compareExperiments(a: $a, b: $b) { isSameSnapshot
        parameters { name a b isSame } metrics { name a b difference } a { model { name } } } }";
    let ids = ids(&app).await;
    let data = app.graphql(compared, json!({ "a": ids[1], "b": ids[0] })).await["data"].take();
    app.finish().await;
    assert_eq!((first.version, second.version, other.version), (1, 2, 3));
    assert_eq!((&first.checksum, first.snapshot_id), (&second.checksum, second.snapshot_id));
    assert_ne!(first.checksum, other.checksum);
    let compared = &data["compareExperiments"];
    assert_eq!(
        (&compared["isSameSnapshot"], &compared["a"]["model"]["name"]),
        (&json!(true), &json!("trees-1d-2"))
    );
    let changed: Vec<&Value> =
        compared["parameters"].as_array().unwrap().iter().filter(|one| one["isSame"] == false).collect();
    assert_eq!(changed, [&json!({ "name": "seed", "a": "7", "b": "8", "isSame": false })]);
    let metric = |name: &str| {
        compared["metrics"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone()
    };
    assert_eq!(metric("naive.mae")["difference"], json!(0.0), "both were tested on the same days");
}

#[tokio::test]
async fn what_cannot_be_learned_from_is_refused_with_what_to_do() {
    let app = TestApp::start_on(THEN).await;
    market::make(&app).await;
    let admin = app.admin().await;
    let mut refused = Vec::new();
    let wrong = [
        ("horizon", json!(2)),
        ("folds", json!(0)),
        ("trials", json!(-1)),
        ("featureVersion", json!("9.9.9")),
    ];
    for (field, value) in wrong {
        let mut input = input("TREES");
        input[field] = value;
        let response = app.graphql_as(&admin, TRAIN, json!({ "input": input })).await;
        refused.push((
            error_code(&response).to_owned(),
            response["errors"][0]["message"].as_str().unwrap().to_owned(),
        ));
    }
    let person = app.person("someone", domain::identity::Role::User).await;
    let response = app.graphql_as(&person, TRAIN, json!({ "input": input("TREES") })).await;
    refused.push((error_code(&response).to_owned(), String::new()));
    let artefacts = Artefacts::new(&app.platform, &app.config.models);
    let short = Request { first: build::day("2024-02-01"), ..request(Kind::Trees, 0) };
    let short =
        train(&app.platform, &artefacts, &short, watch::channel(None).0, Asked::default()).await.unwrap_err();
    let unknown = Request { symbols: vec![build::symbol("NOPE")], ..request(Kind::Trees, 0) };
    let unknown = train(&app.platform, &artefacts, &unknown, watch::channel(None).0, Asked::default())
        .await
        .unwrap_err();
    let count = model::count(app.platform.db.connection(), &model::Filter::default()).await.unwrap();
    app.finish().await;
    let expected = [
        ("BAD_USER_INPUT", "models are trained for 1 and for 5 trading days, not for 2"),
        ("BAD_USER_INPUT", "write a number from 1 to 20"),
        ("BAD_USER_INPUT", "write a number from 0 on"),
        ("BAD_USER_INPUT", "there is no feature version 9.9.9: there are 1.0.0 and 2.0.0"),
        ("FORBIDDEN", ""),
    ];
    assert_eq!(refused, expected.map(|(code, message)| (code.to_owned(), message.to_owned())));
    assert!(matches!(short, Error::Training(_)) && short.to_string().contains("are needed"), "{short}");
    assert!(matches!(unknown, Error::UnknownSymbol(_)), "{unknown}");
    assert_eq!(count, 0, "nothing half-done is on record");
}

#[tokio::test]
async fn trainings_are_written_as_mlflow_keeps_them() {
    let Some(program) = Program::find("bellwether") else { return };
    let app = TestApp::start_on(THEN).await;
    market::make(&app).await;
    let row = trained(&app, 7).await;
    let folder = TempDir::new().unwrap();
    let ended = program.run_over(&app, &["models", "export", folder.path().to_str().unwrap()]);
    app.finish().await;
    assert_eq!(ended.code, Some(0), "{}", ended.text);
    let run = folder.path().join("1").join(row.id.simple().to_string());
    let text = |path: &str| fs::read_to_string(run.join(path)).unwrap();
    assert_eq!((text("params/seed").as_str(), text("params/kind").as_str()), ("7", "\"TREES\""));
    let metric = text("metrics/model.pinball");
    let parts: Vec<f64> = metric.split_whitespace().map(|part| part.parse().unwrap()).collect();
    let pinball = model::report(&row).unwrap().scores[0].pinball;
    assert_eq!((parts.len(), parts[1].to_bits(), parts[2].to_bits()), (3, pinball.to_bits(), 0));
    assert!(text("meta.yaml").contains("run_name: \"trees-1d-1\"\n"), "{}", text("meta.yaml"));
    assert_eq!((text("tags/stage").as_str(), text("tags/checksum")), ("EXPERIMENTAL", row.checksum));
    let experiment = fs::read_to_string(folder.path().join("1/meta.yaml")).unwrap();
    assert!(experiment.contains("name: \"bellwether, 1 trading days\"\n"), "{experiment}");
}
