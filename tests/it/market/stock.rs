//! Finding stocks.

use domain::market::{NewStock, stock, watchlist};
use insta::assert_snapshot;
use serde_json::Value;
use tests::{TestApp, build};

fn named(symbol: &str, name: &str, sector: &str) -> NewStock {
    NewStock { name: Some(name.to_owned()), sector: Some(sector.to_owned()), ..build::new_stock(symbol) }
}

async fn app() -> TestApp {
    let app = TestApp::start_on("2024-03-15T15:00:00Z").await;
    let stocks = [
        named("AAPL", "Apple Inc.", "Technology"),
        named("APLE", "Apple Hospitality REIT", "Real Estate"),
        named("MSFT", "Microsoft", "Technology"),
        named("PERC", "100% Pure_Water", "Utilities"),
        named("BRK.B", "Berkshire Hathaway", "Financials"),
    ];
    stock::store(&app.platform, &stocks).await.unwrap();
    watchlist::add(&app.platform, &[build::symbol("MSFT")]).await.unwrap();
    app
}

fn symbols(connection: &Value) -> String {
    let edges = connection["edges"].as_array().unwrap().iter();
    let symbols = edges.map(|edge| edge["node"]["symbol"].as_str().unwrap());
    symbols.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn search_finds_symbols_by_their_start_and_names_by_any_part() {
    let app = app().await;
    let mut found = Vec::new();
    for text in [
        "ap",
        "AAPL",
        "apple",
        "SOFT",
        "brk.b",
        "0% p",
        "e_w",
        "%",
        "_",
        "x",
        " msft ",
        "a'; DROP TABLE stock; --",
    ] {
        let query =
            format!("{{ searchStocks(text: {text:?}) {{ totalCount edges {{ node {{ symbol }} }} }} }}");
        let data = app.data(&query).await;
        found.push(format!(
            "{text:?}: {} {}",
            data["searchStocks"]["totalCount"],
            symbols(&data["searchStocks"])
        ));
    }
    app.finish().await;
    assert_snapshot!(found.join("\n"), @r#"
    "ap": 2 AAPL APLE
    "AAPL": 1 AAPL
    "apple": 2 AAPL APLE
    "SOFT": 1 MSFT
    "brk.b": 1 BRK.B
    "0% p": 1 PERC
    "e_w": 1 PERC
    "%": 1 PERC
    "_": 1 PERC
    "x": 0 
    " msft ": 1 MSFT
    "a'; DROP TABLE stock; --": 0
    "#);
}

#[tokio::test]
async fn stocks_are_filtered_by_what_is_given() {
    let app = app().await;
    let mut found = Vec::new();
    for filter in [
        "{}",
        r#"{ symbols: ["MSFT", "AAPL", "NONE"] }"#,
        r#"{ sector: "Technology" }"#,
        r#"{ sector: "technology" }"#,
        r#"{ exchange: "NASDAQ", sector: "Financials" }"#,
        "{ isActive: false }",
        "{ isWatched: true }",
        "{ isWatched: false }",
    ] {
        let query = format!("{{ stocks(filter: {filter}) {{ edges {{ node {{ symbol }} }} }} }}");
        found.push(format!("{filter}: {}", symbols(&app.data(&query).await["stocks"])));
    }
    app.finish().await;
    assert_snapshot!(found.join("\n"), @r#"
    {}: AAPL APLE BRK.B MSFT PERC
    { symbols: ["MSFT", "AAPL", "NONE"] }: AAPL MSFT
    { sector: "Technology" }: AAPL MSFT
    { sector: "technology" }: 
    { exchange: "NASDAQ", sector: "Financials" }: BRK.B
    { isActive: false }: 
    { isWatched: true }: MSFT
    { isWatched: false }: AAPL APLE BRK.B PERC
    "#);
}

#[tokio::test]
async fn stocks_are_ordered_by_symbol_or_by_name() {
    let app = app().await;
    build::stocks(&app.platform, &["BRKA", "BRK-A"]).await;
    let mut found = Vec::new();
    for order in ["{}", "{ direction: DESC }", "{ field: NAME }", "{ field: NAME, direction: DESC }"] {
        let query = format!("{{ stocks(orderBy: {order}) {{ edges {{ node {{ symbol }} }} }} }}");
        found.push(format!("{order}: {}", symbols(&app.data(&query).await["stocks"])));
    }
    app.finish().await;
    assert_snapshot!(found.join("\n"), @r"
    {}: AAPL APLE BRK-A BRK.B BRKA MSFT PERC
    { direction: DESC }: PERC MSFT BRKA BRK.B BRK-A APLE AAPL
    { field: NAME }: PERC APLE AAPL BRK-A BRKA BRK.B MSFT
    { field: NAME, direction: DESC }: MSFT BRK.B BRKA BRK-A AAPL APLE PERC
    ");
}

#[tokio::test]
async fn what_a_list_does_not_say_stays_as_it_was() {
    let app = app().await;
    let silent = NewStock { exchange: None, name: None, sector: None, ..build::new_stock("AAPL") };
    let stored = stock::store(&app.platform, std::slice::from_ref(&silent)).await.unwrap();
    assert_eq!((stored.added, stored.changed, stored.unchanged), (0, 0, 1));
    app.platform.clock.set(build::time("2024-03-16T00:00:00Z"));
    let loud = NewStock { industry: Some("Phones".to_owned()), ..silent };
    let stored = stock::store(&app.platform, &[loud]).await.unwrap();
    assert_eq!((stored.added, stored.changed, stored.unchanged), (0, 1, 0));
    let fields = "name exchange sector industry createdAt updatedAt";
    let data = app
        .data(&format!(
            r#"{{ stock(symbol: "AAPL") {{ {fields} }} nobody: stock(symbol: "NONE") {{ id }} }}"#
        ))
        .await;
    app.finish().await;
    assert_snapshot!(data.to_string(), @r#"{"nobody":null,"stock":{"createdAt":"2024-03-15T15:00:00+00:00","exchange":"NASDAQ","industry":"Phones","name":"Apple Inc.","sector":"Technology","updatedAt":"2024-03-16T00:00:00+00:00"}}"#);
}
