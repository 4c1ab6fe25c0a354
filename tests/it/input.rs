//! What clients are told of what they got wrong.

use crate::failure::codes;
use insta::assert_snapshot;
use serde_json::json;
use tests::{TestApp, build};

async fn refused(app: &TestApp, queries: &[&str]) -> String {
    let mut lines = Vec::new();
    for query in queries {
        let response = app.graphql(query, json!({})).await;
        lines.push(format!("{query:<62} {}", codes(&response)));
    }
    lines.join("\n")
}

#[tokio::test]
async fn values_that_cannot_be_read_name_their_argument() {
    let app = TestApp::start().await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let answers = refused(
        &app,
        &[
            r#"{ stock(symbol: "aapl") { id } }"#,
            "{ stock(symbol: 7) { id } }",
            r#"{ stocks(filter: { symbols: ["$$"] }) { totalCount } }"#,
            r#"{ stock(symbol: "AAPL") { sentiment(asOf: "soon") { count } } }"#,
            r#"{ stock(symbol: "AAPL") { sentiment(timeframe: D2) { count } } }"#,
            r#"{ posts(filter: { publishedAfter: "x" }) { totalCount } }"#,
            "{ stocks(first: 99999999999) { totalCount } }",
            r#"{ stocks(first: "many") { totalCount } }"#,
            "{ stocks(orderBy: { field: COLOUR }) { totalCount } }",
            r#"{ stocks(filter: { color: "red" }) { totalCount } }"#,
        ],
    )
    .await;
    app.finish().await;
    assert_snapshot!(answers, @r#"
    { stock(symbol: "aapl") { id } }                               BAD_USER_INPUT symbol
    { stock(symbol: 7) { id } }                                    BAD_USER_INPUT symbol
    { stocks(filter: { symbols: ["$$"] }) { totalCount } }         BAD_USER_INPUT filter
    { stock(symbol: "AAPL") { sentiment(asOf: "soon") { count } } } BAD_USER_INPUT asOf
    { stock(symbol: "AAPL") { sentiment(timeframe: D2) { count } } } BAD_USER_INPUT timeframe
    { posts(filter: { publishedAfter: "x" }) { totalCount } }      BAD_USER_INPUT filter
    { stocks(first: 99999999999) { totalCount } }                  BAD_USER_INPUT first
    { stocks(first: "many") { totalCount } }                       BAD_USER_INPUT first
    { stocks(orderBy: { field: COLOUR }) { totalCount } }          BAD_USER_INPUT field
    { stocks(filter: { color: "red" }) { totalCount } }            BAD_USER_INPUT filter
    "#);
}

#[tokio::test]
async fn documents_that_cannot_run_are_bad_user_input() {
    let app = TestApp::start().await;
    let answers = refused(
        &app,
        &[
            "-",
            "{ stock(",
            "{ stok { id } }",
            "{ stock { id } }",
            r#"{ stock(symbol: "A", x: 1) { id } }"#,
            "{ marketOverview }",
            "query($x: Symbol!) { stock(symbol: $x) { id } }",
            "query A { marketOverview { asOf } } query B { marketOverview { asOf } }",
            "mutation { deleteEverything }",
            r#"subscription { quoteUpdated(symbols: ["A"]) { price } }"#,
        ],
    )
    .await;
    app.finish().await;
    assert_snapshot!(answers, @r#"
    -                                                              BAD_USER_INPUT -
    { stock(                                                       BAD_USER_INPUT -
    { stok { id } }                                                BAD_USER_INPUT stok
    { stock { id } }                                               BAD_USER_INPUT symbol
    { stock(symbol: "A", x: 1) { id } }                            BAD_USER_INPUT x
    { marketOverview }                                             BAD_USER_INPUT -
    query($x: Symbol!) { stock(symbol: $x) { id } }                BAD_USER_INPUT x
    query A { marketOverview { asOf } } query B { marketOverview { asOf } } BAD_USER_INPUT -
    mutation { deleteEverything }                                  BAD_USER_INPUT deleteEverything
    subscription { quoteUpdated(symbols: ["A"]) { price } }        BAD_USER_INPUT -
    "#);
}

#[tokio::test]
async fn values_that_make_no_sense_name_their_argument() {
    let app = TestApp::start().await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let answers = refused(
        &app,
        &[
            "{ stocks(first: -1) { totalCount } }",
            "{ stocks(first: 101) { totalCount } }",
            "{ stocks(last: 101) { totalCount } }",
            "{ stocks(first: 1, last: 1) { totalCount } }",
            r#"{ stocks(after: "nonsense") { totalCount } }"#,
            r#"{ posts(before: "WyJBIl0") { totalCount } }"#,
            r#"{ searchStocks(text: " ") { totalCount } }"#,
            r#"{ node(id: "nonsense") { id } }"#,
            r#"{ nodes(ids: ["nonsense"]) { id } }"#,
            r#"{ job(id: "nonsense") { id } }"#,
            r#"{ stock(symbol: "AAPL") { correlation(lagDays: 61) { n } } }"#,
            r#"{ stock(symbol: "AAPL") { priceHistory(first: 101) { totalCount } } }"#,
            r#"{ stock(symbol: "AAPL") { sentimentRecords(after: "x") { totalCount } } }"#,
            r#"{ stock(symbol: "AAPL") { news(last: -5) { totalCount } } }"#,
        ],
    )
    .await;
    app.finish().await;
    assert_snapshot!(answers, @r#"
    { stocks(first: -1) { totalCount } }                           BAD_USER_INPUT first
    { stocks(first: 101) { totalCount } }                          BAD_USER_INPUT first
    { stocks(last: 101) { totalCount } }                           BAD_USER_INPUT last
    { stocks(first: 1, last: 1) { totalCount } }                   BAD_USER_INPUT last
    { stocks(after: "nonsense") { totalCount } }                   BAD_USER_INPUT after
    { posts(before: "WyJBIl0") { totalCount } }                    BAD_USER_INPUT before
    { searchStocks(text: " ") { totalCount } }                     BAD_USER_INPUT text
    { node(id: "nonsense") { id } }                                BAD_USER_INPUT id
    { nodes(ids: ["nonsense"]) { id } }                            BAD_USER_INPUT ids
    { job(id: "nonsense") { id } }                                 UNAUTHENTICATED -
    { stock(symbol: "AAPL") { correlation(lagDays: 61) { n } } }   BAD_USER_INPUT lagDays
    { stock(symbol: "AAPL") { priceHistory(first: 101) { totalCount } } } BAD_USER_INPUT first
    { stock(symbol: "AAPL") { sentimentRecords(after: "x") { totalCount } } } BAD_USER_INPUT after
    { stock(symbol: "AAPL") { news(last: -5) { totalCount } } }    BAD_USER_INPUT last
    "#);
}

#[tokio::test]
async fn a_bad_moment_is_answered_with_a_good_one() {
    let app = TestApp::start().await;
    let inline = app.graphql(r#"{ dashboardSummary(asOf: "31.12.2014") { asOf } }"#, json!({})).await;
    let query = "query($t: DateTime) { dashboardSummary(asOf: $t) { asOf } }";
    let variable = app.graphql(query, json!({ "t": "2014-12-31" })).await;
    let good = app.graphql(query, json!({ "t": "2014-12-31T16:00:00-05:00" })).await;
    app.finish().await;
    for response in [inline, variable] {
        assert_eq!(codes(&response), "BAD_USER_INPUT asOf");
        let message = response["errors"][0]["message"].as_str().unwrap();
        assert!(message.ends_with("in RFC 3339 with its zone, such as 2014-12-31T21:00:00Z"), "{message}");
    }
    assert_eq!(good["data"]["dashboardSummary"]["asOf"], "2014-12-31T21:00:00+00:00");
}

#[tokio::test]
async fn a_bad_variable_names_the_argument_that_it_is_for() {
    let app = TestApp::start().await;
    let query = "query($a: [Symbol!]) { stocks(filter: { symbols: $a }) { totalCount } }";
    let response = app.graphql(query, json!({ "a": ["AAPL", "aapl"] })).await;
    app.finish().await;
    assert_snapshot!(codes(&response), @"BAD_USER_INPUT filter");
    assert_snapshot!(response["errors"][0]["message"].as_str().unwrap(), @r#"Failed to parse "Symbol": "aapl" is not a symbol: write 1 to 10 of A-Z, 0-9, dot and hyphen, starting with a letter, such as AAPL or BRK.B (occurred while parsing "[Symbol!]") (occurred while parsing "StockFilter")"#);
}
