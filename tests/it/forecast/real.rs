//! Models of real prices and real tweets, where `BELLWETHER_TEST_DATA` says they are.

use super::market::{ids, predict, promote};
use chrono::TimeDelta;
use domain::{
    forecast::{
        Artefacts,
        model::{self, Kind},
        training::{Asked, Request, train},
    },
    market::{Symbol, stock},
};
use serde_json::{Value, json};
use std::{fs, time::Duration};
use tempfile::TempDir;
use tests::{TestApp, build, shared_data};
use tokio::sync::watch;
use worker::import::{Table, import};

/// The last evening of the tweets; the prices of later years are not known yet.
const THEN: &str = "2014-12-31T23:00:00Z";

/// *Shows* 1 and 5.
#[tokio::test]
async fn real_prices_and_tweets_make_a_model_that_says_what_it_does_not_know_and_names_its_posts() {
    let files = ["prices-adjusted/daily.csv.gz", "stocknet-tweets/tweets_2014.csv.gz"].map(shared_data::file);
    let [Some(prices), Some(tweets)] = files else { return };
    let app = TestApp::start_on("2016-12-31T23:00:00Z").await;
    let folder = TempDir::new().unwrap();
    for (table, original) in [(Table::Prices, &prices), (Table::Posts, &tweets)] {
        let copy = folder.path().join(original.file_name().unwrap());
        fs::copy(original, &copy).unwrap();
        import(&app.platform, table, &copy, None, |_| ()).await.unwrap();
    }
    // Time passes, so that a job that another one stood in the way of has its next try.
    let clock = &app.platform.clock;
    let passing = async {
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            clock.set(clock.now() + TimeDelta::seconds(1));
            app.platform.bus.publish(jobs::TOPIC, String::new()).await;
        }
    };
    tokio::select! {
        () = app.run_jobs() => {}
        () = passing => {}
    }
    app.platform.clock.set(build::time(THEN));
    let mut symbols: Vec<Symbol> = stock::all(app.platform.db.connection())
        .await
        .unwrap()
        .iter()
        .map(|row| row.symbol.parse().unwrap())
        .collect();
    symbols.sort_by_key(Symbol::to_string);
    let symbols = symbols.into_iter().step_by(4).chain([build::symbol("AAPL")]).collect();
    let request = Request { symbols, folds: 3, ..Request::new(Kind::Trees, 1, build::day("2012-12-06")) };
    let artefacts = Artefacts::new(&app.platform, &app.config.models);
    let row =
        train(&app.platform, &artefacts, &request, watch::channel(None).0, Asked::default()).await.unwrap();
    let admin = app.admin().await;
    promote(&app, &admin, &ids(&app).await[0], "PRODUCTION").await;
    let made = predict(&app, &admin, "AAPL").await;
    let there =
        "query ($id: ID!) { node(id: $id) { ... on Prediction { lineage { posts(first: 100) { weight post {
        id body influencedPredictions { prediction { id } } } } } } } }";
    let lineage = app.graphql(there, json!({ "id": made["id"] })).await["data"]["node"]["lineage"].take();
    app.finish().await;
    let report = model::report(&row).unwrap();
    assert!(report.stocks > 50 && report.rows > 20_000, "{} {}", report.stocks, report.rows);
    let [trees, naive] = [&report.scores[0], &report.scores[1]];
    assert!((0.93..0.97).contains(&trees.coverage_95.share), "{trees:?}");
    assert!(trees.pinball < 1.02 * naive.pinball, "{trees:?} {naive:?}");
    // Nobody knows the direction of a day; a number far from one half would be a leak.
    assert!((0.47..0.55).contains(&trees.accuracy.unwrap().share), "{trees:?}");
    assert_eq!((&made["day"], &made["targetDay"]), (&json!("2014-12-31"), &json!("2015-01-02")));
    let posts = lineage["posts"].as_array().unwrap();
    let weights: f64 = posts.iter().map(|post| post["weight"].as_f64().unwrap()).sum();
    assert!(posts.len() > 5 && weights <= 1.0 + 1e-9, "{lineage}");
    for post in posts {
        assert_eq!(post["post"]["influencedPredictions"], json!([{ "prediction": { "id": made["id"] } }]));
        assert_ne!(post["post"]["body"], Value::from(""));
    }
}
