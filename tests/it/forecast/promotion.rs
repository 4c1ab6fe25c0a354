//! Which model answers.

use super::market::{self, PREDICT, THEN, ids, predict, promote, trained};
use domain::{
    forecast::{
        PredictPrices, TrainModel,
        model::{self, Answering, Kind},
        training::Request,
    },
    identity::Role,
    market::watchlist,
};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{TestApp, build, drills, person::error_code};
use uuid::Uuid;

const PROMOTE: &str =
    "mutation ($input: PromoteModelInput!) { promoteModel(input: $input) { model { stage } } }";
const ROLLBACK: &str =
    "mutation ($input: RollbackModelInput!) { rollbackModel(input: $input) { model { name stage } } }";

#[tokio::test]
async fn a_model_that_is_no_better_than_naive_needs_a_reason_to_answer() {
    let app = TestApp::start_on(THEN).await;
    market::make(&app).await;
    trained(&app, 0).await;
    let admin = app.admin().await;
    let id = &ids(&app).await[0];
    let input =
        |reason: Option<&str>| json!({ "input": { "id": id, "stage": "PRODUCTION", "reason": reason } });
    let (objected, blank) = (
        app.graphql_as(&admin, PROMOTE, input(None)).await,
        app.graphql_as(&admin, PROMOTE, input(Some(" "))).await,
    );
    let promoted = app.data_as(&admin, PROMOTE, input(Some("to have one"))).await;
    let again = app.graphql_as(&admin, PROMOTE, input(Some("again"))).await;
    let user = app.person("someone", Role::User).await;
    let forbidden = app.graphql_as(&user, PROMOTE, input(Some("mine"))).await;
    let log = "{ auditLog(filter: { action: \"forecast\" }) { edges { node { action subject after } } } }";
    let log = app.data_as(&admin, log, json!({})).await;
    app.finish().await;
    for response in [&objected, &blank] {
        assert_eq!(error_code(response), "CONFLICT");
        let message = response["errors"][0]["message"].as_str().unwrap();
        assert!(message.starts_with("the gate objects: it is "), "{message}");
        assert!(message.ends_with("promote it anyway by stating a reason"), "{message}");
    }
    assert_eq!(promoted["promoteModel"]["model"]["stage"], "PRODUCTION");
    assert_eq!((error_code(&again), error_code(&forbidden)), ("CONFLICT", "FORBIDDEN"));
    let entries = log["auditLog"]["edges"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{log}");
    assert_eq!(entries[0]["node"]["subject"], "model:trees-1d-1");
    assert!(entries[0]["node"]["after"].to_string().contains("to have one"), "{log}");
}

#[tokio::test]
async fn rolling_back_goes_back_step_by_step_and_ends_at_the_first() {
    let app = TestApp::start_on(THEN).await;
    market::make(&app).await;
    let admin = app.admin().await;
    for seed in 0..3 {
        trained(&app, seed).await;
        promote(&app, &admin, &ids(&app).await[0], "PRODUCTION").await;
    }
    let mut answers = Vec::new();
    for _ in 0..3 {
        let response = app.graphql_as(&admin, ROLLBACK, json!({ "input": {} })).await;
        let name = response["data"]["rollbackModel"]["model"]["name"].as_str().map(str::to_owned);
        answers.push(name.unwrap_or_else(|| error_code(&response).to_owned()));
    }
    let data = app.data("{ models { edges { node { name stage } } } }").await;
    app.finish().await;
    assert_eq!(answers, ["trees-1d-2", "trees-1d-1", "CONFLICT"]);
    let stages: Vec<String> = data["models"]["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| format!("{} {}", edge["node"]["name"], edge["node"]["stage"]))
        .collect();
    assert_eq!(
        stages,
        [r#""trees-1d-3" "STAGING""#, r#""trees-1d-2" "STAGING""#, r#""trees-1d-1" "PRODUCTION""#]
    );
}

#[tokio::test]
async fn a_model_whose_file_was_altered_is_not_promoted_and_does_not_answer() {
    let app = TestApp::start_on(THEN).await;
    market::make(&app).await;
    trained(&app, 0).await;
    let admin = app.admin().await;
    let id = ids(&app).await[0].clone();
    let folder = app.models.path().join("forecast");
    let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let input = json!({ "input": { "id": id, "stage": "PRODUCTION", "reason": "a test" } });
    let refused = app.graphql_as(&admin, PROMOTE, input).await;
    app.finish().await;
    assert_eq!(error_code(&refused), "MODEL_UNAVAILABLE");
    assert!(refused["errors"][0]["message"].as_str().unwrap().contains("it was altered"), "{refused}");
}

const AT_ONCE: usize = 32;

/// *Shows* 4 asks for ten thousand requests; drills send so many.
#[tokio::test]
async fn requests_during_promotions_are_all_answered_and_each_by_one_version() {
    let app = TestApp::start_on(THEN).await;
    let admin = market::with_model(&app).await;
    trained(&app, 1).await;
    let models = ids(&app).await;
    let requests = if drills("promotions under load") { 10_000 } else { 300 };
    let input = json!({ "input": { "symbol": "MSFT" } });
    let ask = async |_| {
        let response = app.graphql_as(&admin, PREDICT, input.clone()).await;
        assert_eq!(response.get("errors"), None, "{response}");
        let prediction = &response["data"]["predict"]["prediction"];
        (prediction["modelVersion"].clone(), prediction["hash"].clone(), prediction["isShadow"].clone())
    };
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for round in 0..10 {
        let promotion = promote(&app, &admin, &models[round % 2], "PRODUCTION");
        let (answers, promoted) = tokio::join!(
            stream::iter(0..requests / 10).map(ask).buffer_unordered(AT_ONCE).collect::<Vec<_>>(),
            promotion
        );
        assert_eq!(promoted["stage"], "PRODUCTION");
        for (version, hash, is_shadow) in answers {
            assert_eq!(is_shadow, false);
            seen.insert(format!("{version} {hash}"));
        }
    }
    let last = predict(&app, &admin, "MSFT").await;
    app.finish().await;
    assert_eq!(seen.len(), 2, "one prediction of each version: {seen:?}");
    assert_eq!(last["modelVersion"], Value::from("trees-1d-1"));
}

#[tokio::test]
async fn what_a_model_said_in_staging_is_nobody_s_answer_once_it_is_promoted() {
    let app = TestApp::start_on(THEN).await;
    let admin = market::with_model(&app).await;
    trained(&app, 1).await;
    let id = ids(&app).await[0].clone();
    promote(&app, &admin, &id, "STAGING").await;
    watchlist::add(&app.platform, &market::SYMBOLS.map(build::symbol)).await.unwrap();
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &PredictPrices {}).await.unwrap();
    app.run_jobs().await;
    promote(&app, &admin, &id, "PRODUCTION").await;
    let answer = predict(&app, &admin, "MSFT").await;
    let latest = app.data(r#"{ stock(symbol: "MSFT") { latestPrediction { id isSimulated } } }"#).await;
    let withdrawn = json!({ "input": { "id": id, "stage": "STAGING" } });
    let withdrawn = app.graphql_as(&admin, PROMOTE, withdrawn).await;
    app.finish().await;
    assert_eq!((&answer["modelVersion"], &answer["isShadow"]), (&json!("trees-1d-2"), &json!(false)));
    assert_eq!(latest["stock"]["latestPrediction"], json!({ "id": answer["id"], "isSimulated": false }));
    let message = withdrawn["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("nobody would answer any more"), "{message}");
}

const BATCH: &str = "mutation ($input: PredictBatchInput!) { predictBatch(input: $input) { results {
    symbol prediction { modelVersion isShadow } } } }";

#[tokio::test]
async fn a_model_on_trial_answers_for_its_share_and_is_accompanied_by_the_one_in_production() {
    let app = TestApp::start_on(THEN).await;
    let admin = market::with_model(&app).await;
    let trial = trained(&app, 1).await;
    trained(&app, 2).await;
    let [third, second, _] = <[Value; 3]>::try_from(ids(&app).await).unwrap();
    let try_out = |id: &Value, percent: i32, reason: Option<&str>| json!({ "input": { "id": id, "stage": "STAGING", "percent": percent, "reason": reason } });
    let objected = app.graphql_as(&admin, PROMOTE, try_out(&second, 50, None)).await;
    let too_much = app.graphql_as(&admin, PROMOTE, try_out(&second, 51, Some("a test"))).await;
    app.data_as(&admin, PROMOTE, try_out(&second, 50, Some("a test"))).await;
    let another = app.graphql_as(&admin, PROMOTE, try_out(&third, 10, Some("a test"))).await;
    let asked = json!({ "input": { "symbols": market::SYMBOLS } });
    let answers = app.data_as(&admin, BATCH, asked.clone()).await;
    let again = app.data_as(&admin, BATCH, asked).await;
    watchlist::add(&app.platform, &market::SYMBOLS.map(build::symbol)).await.unwrap();
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &PredictPrices {}).await.unwrap();
    app.run_jobs().await;
    let kept =
        "{ predictions(filter: { withShadows: true }) { edges { node { symbol isShadow modelVersion } } } }";
    let kept = app.data(kept).await;
    let answering = Answering::find(app.platform.db.connection(), 1).await.unwrap();
    promote(&app, &admin, &second, "PRODUCTION").await;
    let models = app.data("{ models { edges { node { name stage percent } } } }").await;
    let after = predict(&app, &admin, "MSFT").await;
    app.finish().await;
    assert_eq!(error_code(&objected), "CONFLICT", "whoever answers comes past the gate");
    assert_eq!(too_much["errors"][0]["message"], "write a number from 0 to 50");
    let message = another["errors"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("trees-1d-2 is on trial"), "{message}");
    assert_eq!(answers, again);
    let results = answers["predictBatch"]["results"].as_array().unwrap();
    assert_eq!(results.len(), market::SYMBOLS.len());
    for result in results {
        let symbol = result["symbol"].as_str().unwrap();
        let is_tried = answering.about(&build::symbol(symbol)).id == trial.id;
        let version = if is_tried { "trees-1d-2" } else { "trees-1d-1" };
        assert_eq!(result["prediction"], json!({ "modelVersion": version, "isShadow": false }), "{symbol}");
        // The other one was heard beside, once, so that both are measured on all stocks.
        let of = |wanted: &&Value| wanted["node"]["symbol"] == symbol;
        let mut said: Vec<(bool, &str)> = kept["predictions"]["edges"]
            .as_array()
            .unwrap()
            .iter()
            .filter(of)
            .map(|edge| {
                let node = &edge["node"];
                (node["isShadow"].as_bool().unwrap(), node["modelVersion"].as_str().unwrap())
            })
            .collect();
        said.sort_unstable();
        let other = if is_tried { "trees-1d-1" } else { "trees-1d-2" };
        assert_eq!(said, [(false, version), (true, other)], "{symbol}");
    }
    assert_eq!(after["modelVersion"], "trees-1d-2");
    let stages = models["models"]["edges"].as_array().unwrap();
    assert!(stages.iter().all(|edge| edge["node"]["percent"] == 0), "{models}");
}

#[tokio::test]
async fn a_trial_has_its_share_of_many_symbols_and_another_trial_has_others() {
    let app = TestApp::start_on(THEN).await;
    market::make(&app).await;
    let (one, other) = (trained(&app, 1).await, trained(&app, 2).await);
    app.finish().await;
    let tried = |row: &model::Row| -> BTreeSet<usize> {
        let present = model::Row { id: Uuid::now_v7(), ..row.clone() };
        let trial = Some(model::Row { percent: 20, ..row.clone() });
        let answering = Answering { present, trial };
        (0..4000)
            .filter(|number| answering.about(&build::symbol(&format!("S{number}"))).id == row.id)
            .collect()
    };
    let (one, other) = (tried(&one), tried(&other));
    // Four standard deviations about 800 are 101.
    for tried in [&one, &other] {
        assert!((699..=901).contains(&tried.len()), "{}", tried.len());
    }
    // By chance 160 belong to both.
    assert!(one.intersection(&other).count() < 260, "{}", one.intersection(&other).count());
}

/// Has a model trained that shall answer if it is better than the first; who answers then, what the second is called in the
/// audit log, and how both compare.
async fn succession(rounds: [u32; 2]) -> (String, Vec<Value>, Value) {
    let app = TestApp::start_on(THEN).await;
    market::make_learnable(&app).await;
    let admin = app.admin().await;
    let request = |rounds| Request { rounds: Some(rounds), ..market::request(Kind::Trees, 0) };
    let train = async |rounds, replaces| {
        let job = TrainModel { request: request(rounds), replaces };
        jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &job).await.unwrap();
        app.run_jobs().await;
    };
    train(rounds[0], None).await;
    promote(&app, &admin, &ids(&app).await[0], "PRODUCTION").await;
    let present = Answering::find(app.platform.db.connection(), 1).await.unwrap().present.id;
    train(rounds[1], Some(present)).await;
    let answering = Answering::find(app.platform.db.connection(), 1).await.unwrap();
    let log = "{ auditLog(filter: { action: \"forecast\" }) { edges { node { subject actorKind } } } }";
    let log = app.data_as(&admin, log, json!({})).await;
    let [second, first] = <[Value; 2]>::try_from(ids(&app).await).unwrap();
    let query = "query ($a: ID!, $b: ID!) { compareExperiments(a: $a, b: $b) {
        rivalry { days meanDifference pValue } } }";
    let compared = app.data_as(&admin, query, json!({ "a": first, "b": second })).await;
    app.finish().await;
    let entries = log["auditLog"]["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone());
    (model::name(&answering.present), entries.collect(), compared["compareExperiments"]["rivalry"].clone())
}

#[tokio::test]
async fn a_model_trained_anew_answers_if_it_is_better_and_is_an_experiment_if_not() {
    let (better, log, won) = succession([1, 40]).await;
    let (worse, silent, lost) = succession([40, 1]).await;
    assert_eq!((better.as_str(), worse.as_str()), ("trees-1d-2", "trees-1d-1"));
    assert_eq!(log[0], json!({ "subject": "model:trees-1d-2", "actorKind": "SYSTEM" }));
    assert_eq!((log.len(), silent.len()), (2, 1));
    let number = |rivalry: &Value, name: &str| rivalry[name].as_f64().unwrap();
    assert!(number(&won, "days") > 100.0 && number(&won, "pValue") < 0.05, "{won}");
    assert!(number(&won, "meanDifference") < 0.0 && number(&lost, "meanDifference") > 0.0, "{won} {lost}");
}
