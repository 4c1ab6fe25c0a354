//! What was said cannot be changed, and is held against what came.

use super::market::{self, THEN, ids, predict, promote, trained, with_model};
use domain::{
    admin::service_level::{self, Promise},
    forecast::{
        JudgePredictions, PredictPrices,
        scoreboard::{self, Verdict},
    },
    market::watchlist,
};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use tests::{TestApp, build};

#[tokio::test]
async fn whoever_alters_removes_or_moves_a_prediction_is_found_out() {
    let app = TestApp::start_on(THEN).await;
    let admin = with_model(&app).await;
    for symbol in market::SYMBOLS {
        predict(&app, &admin, symbol).await;
    }
    let db = app.platform.db.connection();
    let verify = async || scoreboard::verify(&app.platform.db).await.unwrap();
    let mut verdicts = vec![verify().await];
    for (alter, back) in [
        (
            "UPDATE prediction SET price = price + 1 WHERE sequence = 2",
            "UPDATE prediction SET price = price - 1 WHERE sequence = 2",
        ),
        (
            "UPDATE prediction SET sequence = 9 WHERE sequence = 1",
            "UPDATE prediction SET sequence = 1 WHERE sequence = 9",
        ),
        ("UPDATE scoreboard_head SET sequence = 4", "UPDATE scoreboard_head SET sequence = 3"),
    ] {
        db.execute_unprepared(alter).await.unwrap();
        verdicts.push(verify().await);
        db.execute_unprepared(back).await.unwrap();
    }
    // What came is not what was said: it may be written down later.
    db.execute_unprepared("UPDATE prediction SET actual_price = 1").await.unwrap();
    verdicts.push(verify().await);
    for removed in [3, 1] {
        let links =
            "DELETE FROM prediction_post WHERE prediction_id IN (SELECT id FROM prediction WHERE sequence =";
        db.execute_unprepared(&format!("{links} {removed})")).await.unwrap();
        db.execute_unprepared(&format!("DELETE FROM prediction WHERE sequence = {removed}")).await.unwrap();
        verdicts.push(verify().await);
    }
    app.finish().await;
    let broken = |sequence, how| Verdict::Broken { sequence, how };
    assert_eq!(
        verdicts,
        [
            Verdict::Intact(3),
            broken(2, "it was altered"),
            broken(1, "it is missing"),
            broken(4, "the end is missing"),
            Verdict::Intact(3),
            broken(3, "the end is missing"),
            broken(1, "it is missing"),
        ]
    );
}

async fn run(app: &TestApp, job: impl jobs::Job) {
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &job).await.unwrap();
    app.run_jobs().await;
}

async fn live(app: &TestApp) -> Value {
    let query = "{ models { edges { node { name live { judged coverage95 { share low high } accuracy { share }
        meanAbsoluteError naiveMeanAbsoluteError errorRatioToNaive } } } }
        predictions(filter: { withShadows: true }) { totalCount edges { node { symbol isShadow basePrice outcome {
        price change isDirectionRight isWithin95 isWithin99 } } } } }";
    app.data(query).await
}

#[tokio::test]
async fn the_daily_jobs_predict_the_watch_list_and_hold_it_against_what_came() {
    let app = TestApp::start_on(THEN).await;
    let admin = with_model(&app).await;
    trained(&app, 1).await;
    promote(&app, &admin, &ids(&app).await[0], "STAGING").await;
    watchlist::add(&app.platform, &market::SYMBOLS.map(build::symbol)).await.unwrap();
    run(&app, PredictPrices {}).await;
    run(&app, JudgePredictions {}).await;
    let before = live(&app).await;
    let bases: Vec<f64> = before["predictions"]["edges"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|edge| edge["node"]["isShadow"] == false)
        .map(|edge| edge["node"]["basePrice"].as_str().unwrap().parse().unwrap())
        .collect();
    // Newest first: the last stock leads. One rises a little, one not at all, and one leaves every interval.
    market::next_day(&app, [bases[2] * 1.001, bases[1], bases[0] * 2.0]).await;
    run(&app, JudgePredictions {}).await;
    run(&app, JudgePredictions {}).await;
    let after = live(&app).await;
    let latest = app.data("{ predictions { totalCount } }").await;
    app.finish().await;
    assert_eq!(before["predictions"]["totalCount"], 6);
    assert_eq!(latest["predictions"]["totalCount"], 3, "shadows are nobody's answers");
    let outcome = |edge: usize| &after["predictions"]["edges"][edge]["node"]["outcome"];
    assert!(before["predictions"]["edges"][0]["node"]["outcome"].is_null());
    assert_eq!((&outcome(0)["isWithin99"], &outcome(0)["change"]), (&json!(false), &json!(1.0)));
    assert_eq!((&outcome(1)["isWithin95"], &outcome(1)["isDirectionRight"]), (&json!(true), &json!(null)));
    assert_eq!(outcome(2)["isWithin95"], json!(true));
    for edge in after["models"]["edges"].as_array().unwrap() {
        let live = &edge["node"]["live"];
        assert_eq!(live["judged"], 3, "{edge}");
        let (share, low, high) = (
            live["coverage95"]["share"].as_f64().unwrap(),
            live["coverage95"]["low"].as_f64().unwrap(),
            live["coverage95"]["high"].as_f64().unwrap(),
        );
        assert!((share - 2.0 / 3.0).abs() < 1e-12 && low < share && share < high, "{live}");
        // (0.001 + 0 + 1) / 3
        assert!((live["naiveMeanAbsoluteError"].as_f64().unwrap() - 1.001 / 3.0).abs() < 1e-6, "{live}");
    }
}

/// The width of the last of eight intervals about a price that left each before it, as a share of the price.
async fn last_width(is_judged: bool) -> f64 {
    let app = TestApp::start_on(THEN).await;
    with_model(&app).await;
    let mut made = Value::Null;
    for day in 0..8 {
        if is_judged {
            run(&app, JudgePredictions {}).await;
        }
        made = predict(&app, &market::someone(&app).await, "MSFT").await;
        let price: f64 = made["basePrice"].as_str().unwrap().parse().unwrap();
        let next = if day % 2 == 0 { price * 2.0 } else { price / 2.0 };
        market::next_day(&app, [100.0, next, 100.0]).await;
    }
    let levels =
        service_level::measure(app.platform.db.connection(), app.platform.clock.now()).await.unwrap();
    let coverage = levels.iter().find(|level| level.promise == Promise::IntervalCoverage).unwrap();
    assert_eq!(coverage.is_kept(), is_judged.then_some(false), "administrators hear of it");
    app.finish().await;
    let number = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
    (number(&made["interval95"]["high"]) - number(&made["interval95"]["low"])) / number(&made["basePrice"])
}

#[tokio::test]
async fn intervals_of_a_stock_that_left_them_grow() {
    let (untaught, taught) = (last_width(false).await, last_width(true).await);
    assert!(taught > 1.05 * untaught, "{untaught} {taught}");
}

#[tokio::test]
async fn how_often_intervals_cover_is_told_live() {
    let mut app = TestApp::start_on(THEN).await;
    let admin = with_model(&app).await;
    watchlist::add(&app.platform, &market::SYMBOLS.map(build::symbol)).await.unwrap();
    run(&app, PredictPrices {}).await;
    let base: f64 = predict(&app, &admin, "MSFT").await["basePrice"].as_str().unwrap().parse().unwrap();
    let id = ids(&app).await[0].clone();
    let address = app.serve().await;
    let mut socket = tests::Socket::open(address).await;
    socket
        .subscribe(&format!(
            "subscription {{ modelUpdated(id: {id}) {{ stage live(days: 90) {{ judged coverage95 {{ low high }} }}
             one: live(symbol: \"MSFT\") {{ judged }} }} }}"
        ))
        .await;
    let before = socket.event("modelUpdated").await;
    market::next_day(&app, [base; 3]).await;
    run(&app, JudgePredictions {}).await;
    let after = socket.event("modelUpdated").await;
    app.finish().await;
    assert_eq!(before, json!({ "stage": "PRODUCTION", "live": null, "one": null }));
    assert_eq!((&after["live"]["judged"], &after["one"]["judged"]), (&json!(3), &json!(1)));
    assert!(after["live"]["coverage95"]["high"].as_f64().is_some(), "{after}");
}
