//! What is collected.

use crate::admin::audited;
use domain::{identity::Role, market::watchlist};
use serde_json::{Value, json};
use tests::{Person, TestApp, build, person::error_code};
use worker::{Sources, Worker};

const UPDATE: &str = "mutation ($input: UpdateWatchlistInput!) { updateWatchlist(input: $input) {
    entries { symbol isPaused stock { name } } jobs { kind state } } }";

async fn update(app: &TestApp, admin: &Person, input: Value) -> Value {
    let mut data = app.data_as(admin, UPDATE, json!({ "input": input })).await;
    data["updateWatchlist"].take()
}

async fn collected(app: &TestApp) -> String {
    let other = app.another_platform().await;
    let symbols = watchlist::symbols(other.db.connection()).await.unwrap();
    symbols.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn symbols_are_added_paused_resumed_and_removed_for_every_process() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    build::stocks(&app.platform, &["MSFT"]).await;
    let added = update(&app, &admin, json!({ "add": ["MSFT", "NEWCO"] })).await;
    let name = |text: &str| json!({ "symbol": text, "isPaused": false, "stock": { "name": format!("{text} Inc.") } });
    let mut unknown = name("NEWCO");
    unknown["stock"]["name"] = json!("NEWCO");
    assert_eq!(added["entries"], json!([name("MSFT"), unknown]));
    assert_eq!(added["jobs"].as_array().unwrap().len(), 2);
    assert_eq!(collected(&app).await, "MSFT NEWCO");
    let paused = update(&app, &admin, json!({ "pause": ["MSFT"], "add": ["NEWCO"] })).await;
    assert_eq!(paused["jobs"], json!([]), "it was there before");
    assert_eq!(collected(&app).await, "NEWCO");
    update(&app, &admin, json!({ "resume": ["MSFT"], "remove": ["NEWCO"] })).await;
    assert_eq!(collected(&app).await, "MSFT");
    app.run_jobs().await;
    let entries = audited(&app, &admin, "market.update_watchlist").await;
    assert_eq!(entries[0]["after"], "{\"remove\":[\"NEWCO\"],\"resume\":[\"MSFT\"]}");
    assert_eq!(entries.len(), 3);
    app.finish().await;
}

#[tokio::test]
async fn the_past_of_an_added_stock_is_fetched_from_the_sources() {
    let mut app = TestApp::start_on("2024-03-15T12:00:00Z").await;
    let admin = app.admin().await;
    app.config.simulate = Some(true);
    let added = update(&app, &admin, json!({ "add": ["AAPL", "NEWCO"] })).await;
    assert_eq!(added["jobs"][0]["kind"], "market.backfill_prices");
    let sources = Sources::of(&app.config, &app.platform.clock);
    let worker = Worker::new(&app.platform, sources, &app.config).unwrap();
    worker.drain(None).await.unwrap();
    let bars = |symbol: &str| {
        format!("{symbol}: stock(symbol: \"{symbol}\") {{ priceHistory(timeframe: ALL) {{ totalCount }} }}")
    };
    let found = app.data(&format!("{{ {} {} }}", bars("AAPL"), bars("NEWCO"))).await;
    app.finish().await;
    assert!(found["AAPL"]["priceHistory"]["totalCount"].as_i64().unwrap() > 100, "{found}");
    assert_eq!(found["NEWCO"]["priceHistory"]["totalCount"], 0, "no source has it, and the job has ended");
}

#[tokio::test]
async fn what_makes_no_sense_changes_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let many: Vec<String> = (0..501).map(|number| format!("X{number}")).collect();
    for (input, code, field) in [
        (json!({}), "BAD_USER_INPUT", json!("input")),
        (json!({ "add": ["A"], "pause": ["A"] }), "BAD_USER_INPUT", json!("pause")),
        (json!({ "add": ["A", "A"] }), "BAD_USER_INPUT", json!("add")),
        (json!({ "add": ["A"], "remove": ["B"] }), "BAD_USER_INPUT", json!("remove")),
        (json!({ "add": many }), "CONFLICT", Value::Null),
    ] {
        let answer = app.graphql_as(&admin, UPDATE, json!({ "input": input })).await;
        assert_eq!(
            (error_code(&answer), &answer["errors"][0]["extensions"]["field"]),
            (code, &field),
            "{input}"
        );
    }
    assert_eq!(collected(&app).await, "");
    assert_eq!(audited(&app, &admin, "market.update_watchlist").await, [json!(null); 0]);
    app.finish().await;
}

#[tokio::test]
async fn everyone_with_an_account_reads_the_list_and_a_fresh_administrator_changes_it() {
    let app = TestApp::start().await;
    let (user, bare) = (app.person("user", Role::User).await, app.person("bare", Role::Admin).await);
    build::stocks(&app.platform, &["MSFT"]).await;
    watchlist::add(&app.platform, &[build::symbol("MSFT")]).await.unwrap();
    let read = app.data_as(&user, "{ watchlist { symbol isPaused addedAt } }", json!({})).await;
    let input = json!({ "input": { "remove": ["MSFT"] } });
    let codes = [
        app.graphql("{ watchlist { symbol } }", json!({})).await,
        app.graphql_as(&user, UPDATE, input.clone()).await,
        app.graphql_as(&bare, UPDATE, input).await,
    ];
    app.finish().await;
    assert_eq!(read["watchlist"][0]["symbol"], "MSFT");
    assert_eq!(codes.each_ref().map(error_code), ["UNAUTHENTICATED", "FORBIDDEN", "TOTP_REQUIRED"]);
}
