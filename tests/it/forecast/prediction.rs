//! Asking a model.

use super::market::{self, PREDICT, THEN, predict, with_model};
use chrono::TimeDelta;
use domain::identity::Role;
use serde_json::{Value, json};
use tests::{TestApp, build, person::error_code};

const BATCH: &str = "mutation ($input: PredictBatchInput!) { predictBatch(input: $input) {
    results { symbol prediction { id symbol price } failure { code message } } } }";

fn number(value: &Value) -> f64 {
    value.as_str().map_or_else(|| value.as_f64().unwrap(), |text| text.parse().unwrap())
}

#[tokio::test]
async fn without_a_model_in_production_everyone_is_told_what_to_do() {
    let app = TestApp::start_on(THEN).await;
    market::make(&app).await;
    market::trained(&app, 0).await;
    let person = app.person("someone", Role::User).await;
    let response = app.graphql_as(&person, PREDICT, json!({ "input": { "symbol": "AAPL" } })).await;
    let anonymous = app.graphql(PREDICT, json!({ "input": { "symbol": "AAPL" } })).await;
    let none =
        app.data(r#"{ stock(symbol: "AAPL") { latestPrediction { id } predictions { totalCount } } }"#).await;
    app.finish().await;
    assert_eq!((error_code(&response), error_code(&anonymous)), ("MODEL_UNAVAILABLE", "UNAUTHENTICATED"));
    let message = response["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("bellwether models train") && message.contains("trainModel"), "{message}");
    assert_eq!(none["stock"], json!({ "latestPrediction": null, "predictions": { "totalCount": 0 } }));
}

#[tokio::test]
async fn a_prediction_says_what_to_expect_how_sure_it_is_and_from_what() {
    let app = TestApp::start_on(THEN).await;
    let admin = with_model(&app).await;
    let made = predict(&app, &admin, "AAPL").await;
    let latest = app.data(r#"{ stock(symbol: "AAPL") { latestPrediction { id } } }"#).await;
    app.finish().await;
    assert_eq!((&made["symbol"], &made["horizon"]), (&json!("AAPL"), &json!(1)));
    assert_eq!((&made["day"], &made["targetDay"]), (&json!("2024-03-13"), &json!("2024-03-14")));
    let prices: Vec<f64> = [
        &made["interval99"]["low"],
        &made["interval95"]["low"],
        &made["price"],
        &made["interval95"]["high"],
        &made["interval99"]["high"],
    ]
    .map(number)
    .to_vec();
    assert!(prices.is_sorted() && prices[0] > 0.0, "{made}");
    let base = number(&made["basePrice"]);
    assert!(prices[1] < base && base < prices[3], "{made}");
    let quantiles = made["quantiles"].as_array().unwrap();
    assert_eq!(quantiles.len(), 9);
    assert!(quantiles.iter().map(|one| one["change"].as_f64().unwrap()).is_sorted(), "{made}");
    let (up, confidence) = (number(&made["probabilityUp"]), number(&made["confidence"]));
    assert!((0.0..=1.0).contains(&up) && (confidence - up.max(1.0 - up)).abs() < 1e-12);
    let contributions = made["contributions"].as_array().unwrap();
    assert!((1..=10).contains(&contributions.len()), "{made}");
    assert_eq!(
        (&made["modelVersion"], &made["model"]["stage"]),
        (&json!("trees-1d-1"), &json!("PRODUCTION"))
    );
    assert_eq!(
        (&made["isShadow"], &made["outcome"], &made["sequence"]),
        (&json!(false), &json!(null), &json!(1))
    );
    assert!(made["disclaimer"].as_str().unwrap().contains("no investment advice"));
    assert_eq!(latest["stock"]["latestPrediction"]["id"], made["id"]);
}

#[tokio::test]
async fn an_answer_is_given_again_until_ten_minutes_pass_or_something_is_new() {
    let app = TestApp::start_on(THEN).await;
    let admin = with_model(&app).await;
    let start = app.platform.clock.now();
    let at = |seconds| app.platform.clock.set(start + TimeDelta::seconds(seconds));
    let first = predict(&app, &admin, "AAPL").await;
    at(599);
    let again = predict(&app, &admin, "AAPL").await;
    at(700);
    let old = predict(&app, &admin, "AAPL").await;
    // About yesterday's session, but known only now: it changes nothing that was known at yesterday's close.
    build::posts(&app.platform, &[build::new_post("new", "2024-03-13T20:41:00Z", "$AAPL is a disaster")])
        .await;
    app.run_jobs().await;
    at(701);
    let posted = predict(&app, &admin, "AAPL").await;
    market::next_day(&app, [50.0, 60.0, 70.0]).await;
    let next = predict(&app, &market::someone(&app).await, "AAPL").await;
    let count = app.data("{ predictions { totalCount } }").await;
    app.finish().await;
    assert_eq!((&first["id"], &first["hash"]), (&again["id"], &again["hash"]));
    // The same inputs have the same snapshot, and the same model says the same of it.
    assert_eq!((&first["id"], &first["id"]), (&old["id"], &posted["id"]));
    assert_ne!(first["id"], next["id"]);
    assert_eq!(next["day"], "2024-03-14");
    assert_eq!(count["predictions"]["totalCount"], 2);
}

#[tokio::test]
async fn one_bad_symbol_never_fails_the_batch() {
    let app = TestApp::start_on(THEN).await;
    let admin = with_model(&app).await;
    build::stocks(&app.platform, &["NOBARS", "STILL", "SHORT", "GONE"]).await;
    let sessions: Vec<_> = platform::calendar::Calendar::new_york()
        .sessions(build::day("2023-06-01"), build::day("2024-03-13"))
        .map(|session| session.day)
        .collect();
    let mut bars: Vec<_> = sessions.iter().map(|day| build::bar("STILL", &day.to_string(), 10.0)).collect();
    let wander = |n: usize| 100.0 + (n * 7 % 13) as f64;
    for (n, day) in sessions.iter().enumerate() {
        if n + 10 > sessions.len() {
            bars.push(build::bar("SHORT", &day.to_string(), wander(n)));
        }
        if n + 30 < sessions.len() {
            bars.push(build::bar("GONE", &day.to_string(), wander(n)));
        }
    }
    build::bars(&app.platform, &bars).await;
    let symbols = ["MSFT", "WHO", "NOBARS", "STILL", "SHORT", "GONE", "AAPL", "MSFT"];
    let data = app.data_as(&admin, BATCH, json!({ "input": { "symbols": symbols } })).await;
    let single = app.graphql_as(&admin, PREDICT, json!({ "input": { "symbol": "GONE" } })).await;
    let many: Vec<String> = (0..501).map(|n| format!("S{n}")).collect();
    let many = app.graphql_as(&admin, BATCH, json!({ "input": { "symbols": many } })).await;
    app.finish().await;
    let results = data["predictBatch"]["results"].as_array().unwrap();
    let shown: Vec<(&str, &str)> = results
        .iter()
        .map(|one| {
            let made = one["prediction"]["symbol"].as_str();
            (one["symbol"].as_str().unwrap(), made.or(one["failure"]["code"].as_str()).unwrap())
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("MSFT", "MSFT"),
            ("WHO", "UNKNOWN_SYMBOL"),
            ("NOBARS", "TOO_LITTLE_HISTORY"),
            ("STILL", "CONSTANT_PRICE"),
            ("SHORT", "TOO_LITTLE_HISTORY"),
            ("GONE", "STALE"),
            ("AAPL", "AAPL"),
        ]
    );
    assert_eq!(error_code(&single), "CONFLICT");
    let message = single["errors"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("GONE: the newest bar is of 2024-01-"), "{message}");
    assert_eq!(error_code(&many), "BAD_USER_INPUT");
}

#[tokio::test]
async fn predictions_come_live_once_and_after_a_cursor() {
    let mut app = TestApp::start_on(THEN).await;
    let admin = with_model(&app).await;
    let document =
        "subscription { predictionUpdated(symbols: [\"MSFT\", \"AAPL\"]) { cursor prediction { symbol } } }";
    let mut socket = app.socket().await;
    socket.subscribe(document).await;
    // The server hears of the subscription before anything happens.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    for symbol in ["NVDA", "MSFT", "MSFT", "AAPL"] {
        predict(&app, &admin, symbol).await;
    }
    let first = socket.event("predictionUpdated").await;
    let second = socket.event("predictionUpdated").await;
    let mut later = app.socket().await;
    let cursor = first["cursor"].as_str().unwrap();
    later.subscribe(&document.replace("symbols:", &format!("after: \"{cursor}\", symbols:"))).await;
    let missed = later.event("predictionUpdated").await;
    app.finish().await;
    let symbols =
        [first, second, missed].map(|event| event["prediction"]["symbol"].as_str().unwrap().to_owned());
    assert_eq!(symbols, ["MSFT", "AAPL", "AAPL"]);
}

#[tokio::test]
async fn reads_of_predictions_cost_as_many_statements_for_many_as_for_one() {
    let app = TestApp::start_on(THEN).await;
    let admin = with_model(&app).await;
    let query = "{ predictions(first: 50) { totalCount edges { node { symbol stock { name } model { name live { judged } }
        lineage { snapshot { checksum } posts { weight post { body } } } } } }
        stocks { edges { node { latestPrediction { price } predictions(first: 5) { totalCount edges { cursor } } } } } }";
    predict(&app, &admin, "AAPL").await;
    let one = app.statements(query).await;
    market::next_day(&app, [50.0, 60.0, 70.0]).await;
    let later = market::someone(&app).await;
    app.data_as(&later, BATCH, json!({ "input": { "symbols": market::SYMBOLS } })).await;
    let many = app.statements(query).await;
    app.finish().await;
    assert_eq!(one, many);
}

/// Everything of a prediction that the world decides, and nothing that chance or the clock does.
fn essence(made: &Value) -> String {
    let mut made = made.clone();
    for name in ["id", "hash", "sequence", "madeAt"] {
        made.as_object_mut().unwrap().remove(name);
    }
    // It is made of the ids of rows, too.
    made["lineage"]["snapshot"].as_object_mut().unwrap().remove("id");
    made.to_string()
}

/// *Future permutation*: whatever becomes known later, of the past or of the future, changes no prediction.
#[tokio::test]
async fn scrambling_all_that_becomes_known_later_changes_nothing_that_is_predicted_now() {
    let mut seen = Vec::new();
    for future in [None, Some(1_u32), Some(2)] {
        let app = TestApp::start_on(THEN).await;
        let admin = with_model(&app).await;
        if let Some(seed) = future {
            app.platform.clock.set(build::time("2024-03-25T20:30:00Z"));
            let days = ["2024-03-12", "2024-03-13", "2024-03-14", "2024-03-15", "2024-03-18"];
            let wild = |n: usize| 50.0 + f64::from(seed * 37 % 11) * n as f64;
            let bars: Vec<_> = market::SYMBOLS
                .into_iter()
                .flat_map(|symbol| days.into_iter().enumerate().map(move |(n, day)| (symbol, n, day)))
                .map(|(symbol, n, day)| build::bar(symbol, day, wild(n)))
                .collect();
            let later = domain::Knowledge::Observed;
            domain::market::price::store(&app.platform, &bars, domain::SourceKind::Yahoo, later)
                .await
                .unwrap();
            let text = format!("$AAPL disaster, the worst fraud ever {seed}");
            let posts = ["2024-03-11T15:00:00Z", "2024-03-13T19:00:00Z", "2024-03-14T15:00:00Z"]
                .map(|time| build::new_post(&format!("late{time}"), time, &text));
            domain::news::post::store(&app.platform, &posts, later).await.unwrap();
            app.run_jobs().await;
            app.platform.clock.set(build::time(THEN));
        }
        let all = json!({ "input": { "symbols": market::SYMBOLS } });
        app.data_as(&admin, BATCH, all).await;
        let made = predict(&app, &admin, "AAPL").await;
        app.finish().await;
        seen.push(essence(&made));
    }
    assert_eq!((&seen[0], &seen[0]), (&seen[1], &seen[2]));
}

#[tokio::test]
async fn a_session_that_is_under_way_is_predicted_from_the_one_before_and_one_that_is_over_is_not() {
    let app = TestApp::start_on(THEN).await;
    let admin = with_model(&app).await;
    let evening = predict(&app, &admin, "AAPL").await;
    app.platform.clock.set(build::time("2024-03-14T15:00:00Z"));
    build::posts(&app.platform, &[build::new_post("noon", "2024-03-14T14:50:00Z", "$AAPL is a disaster")])
        .await;
    app.run_jobs().await;
    let noon = predict(&app, &market::someone(&app).await, "AAPL").await;
    app.platform.clock.set(build::time("2024-03-14T20:00:01Z"));
    let late = market::someone(&app).await;
    let late = app.graphql_as(&late, PREDICT, json!({ "input": { "symbol": "AAPL" } })).await;
    let count = app.data("{ predictions { totalCount } }").await;
    app.finish().await;
    // Nothing that was said since is in any feature, and nothing new is to be said.
    assert_eq!((&noon["id"], &noon["targetDay"]), (&evening["id"], &json!("2024-03-14")));
    let message = late["errors"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("the newest bar is of 2024-03-13, and the close to predict is known by now"),
        "{message}"
    );
    assert_eq!(count["predictions"]["totalCount"], 1);
}
