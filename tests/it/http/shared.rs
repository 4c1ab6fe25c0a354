//! Reads that are the same for all, asked by many.

use super::post;
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tests::{TestApp, build};
use tokio::time::{sleep, timeout};

const NOW: &str = "2026-01-05T15:00:00Z";
const STOCK: &str = r#"{ stock(symbol: "ACME") { name quote { price } } }"#;
const CROWD: usize = 20;

async fn ask(address: SocketAddr, query: &str) -> Value {
    post(address, query).send().await.unwrap().json().await.unwrap()
}

async fn price(address: SocketAddr) -> Value {
    ask(address, STOCK).await["data"]["stock"]["quote"]["price"].take()
}

async fn quote(platform: &platform::Platform, price: f64) {
    build::quotes(platform, &[build::new_quote("ACME", price, NOW)]).await;
}

/// With ACME in it.
async fn app() -> TestApp {
    let app = TestApp::start_on(NOW).await;
    build::stocks(&app.platform, &["ACME"]).await;
    quote(&app.platform, 100.0).await;
    app
}

#[tokio::test]
async fn many_who_ask_the_same_cost_little_more_than_one() {
    let mut app = app().await;
    let address = app.serve().await;
    let first = ask(address, STOCK).await;
    assert_eq!(first["data"]["stock"], json!({ "name": "ACME Inc.", "quote": { "price": "100" } }));
    let before = app.platform.db.statements();
    let answers = join_all((0..CROWD).map(|_| ask(address, STOCK))).await;
    assert!(answers.iter().all(|answer| *answer == first), "{answers:?}");
    // Alone, each would need two; the server itself looks for news now and then.
    let statements = app.platform.db.statements() - before;
    assert!(statements < CROWD as u64, "{statements} statements");
    app.finish().await;
}

#[tokio::test]
async fn what_was_just_written_is_read() {
    let mut app = app().await;
    let address = app.serve().await;
    for new in 101..121 {
        assert_ne!(price(address).await, json!(new.to_string()));
        quote(&app.platform, f64::from(new)).await;
        assert_eq!(price(address).await, json!(new.to_string()));
    }
    app.finish().await;
}

#[tokio::test]
async fn what_another_process_wrote_is_read_a_little_later() {
    let mut app = app().await;
    let address = app.serve().await;
    let other = app.another_platform().await;
    assert_eq!(price(address).await, json!("100"));
    quote(&other, 101.0).await;
    let change = async {
        while price(address).await == json!("100") {
            app.platform.clock.set(app.platform.clock.now() + chrono::TimeDelta::milliseconds(100));
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), change).await.expect("the old answer is given for ever");
    assert_eq!(price(address).await, json!("101"));
    app.finish().await;
}

#[tokio::test]
async fn each_is_told_what_it_costs_and_what_is_wrong_in_a_word_of_its_own() {
    let mut app = app().await;
    let address = app.serve().await;
    let broken = r#"{ stocks(after: "nothing") { totalCount } }"#;
    let trace = |answer: &Value| answer["errors"][0]["extensions"]["traceId"].clone();
    let (first, second) = (ask(address, broken).await, ask(address, broken).await);
    assert_eq!(first["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{first}");
    assert!(trace(&first).is_string() && trace(&first) != trace(&second), "{first} {second}");
    let paid = json!({ "requested": 2, "budget": 5000 });
    assert_eq!(ask(address, STOCK).await["extensions"]["cost"], paid);
    assert_eq!(ask(address, STOCK).await["extensions"]["cost"], paid);
    app.finish().await;
}
