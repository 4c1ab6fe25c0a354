//! What clients are told when something is wrong.

use insta::{assert_debug_snapshot, assert_snapshot};
use serde_json::{Value, json};
use tests::{TestApp, build};

/// `code field` of every error.
fn codes(response: &Value) -> String {
    let code = |error: &Value| {
        let text = |name: &str| error["extensions"][name].as_str().unwrap_or("-").to_owned();
        format!("{} {}", text("code"), text("field"))
    };
    response["errors"].as_array().into_iter().flatten().map(code).collect::<Vec<_>>().join(", ")
}

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
            r"{ stock(symbol: 7) { id } }",
            r#"{ stocks(filter: { symbols: ["$$"] }) { totalCount } }"#,
            r#"{ stock(symbol: "AAPL") { sentiment(asOf: "soon") { count } } }"#,
            r#"{ stock(symbol: "AAPL") { sentiment(timeframe: D2) { count } } }"#,
            r#"{ posts(filter: { publishedAfter: "x" }) { totalCount } }"#,
            r"{ stocks(first: 99999999999) { totalCount } }",
            r#"{ stocks(first: "many") { totalCount } }"#,
            r"{ stocks(orderBy: { field: COLOUR }) { totalCount } }",
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
    query($x: Symbol!) { stock(symbol: $x) { id } }                BAD_USER_INPUT symbol
    query A { marketOverview { asOf } } query B { marketOverview { asOf } } BAD_USER_INPUT -
    mutation { deleteEverything }                                  BAD_USER_INPUT -, BAD_USER_INPUT -
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
    { job(id: "nonsense") { id } }                                 BAD_USER_INPUT id
    { stock(symbol: "AAPL") { correlation(lagDays: 61) { n } } }   BAD_USER_INPUT lagDays
    { stock(symbol: "AAPL") { priceHistory(first: 101) { totalCount } } } BAD_USER_INPUT first
    { stock(symbol: "AAPL") { sentimentRecords(after: "x") { totalCount } } } BAD_USER_INPUT after
    { stock(symbol: "AAPL") { news(last: -5) { totalCount } } }    BAD_USER_INPUT last
    "#);
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

#[tokio::test]
async fn what_asks_for_too_much_is_too_complex() {
    let app = TestApp::start().await;
    let deep = format!(
        "{{ stocks {{ edges {{ node {{ news {{ edges {{ node {{ mentions {{ stock {{ {} }} }} }} }} }} }} }} }} }}",
        "news { edges { node { mentions { stock { news { edges { node { mentions { stock { id } } } } } } } } } }"
    );
    let wide = format!(
        "{{ {} }}",
        (0..600)
            .map(|n| format!(
                "a{n}: stocks {{ edges {{ node {{ id symbol name exchange sector industry kind }} }} }}"
            ))
            .collect::<String>()
    );
    let spiral = "{ a ".repeat(60) + &"}".repeat(60);
    let mut found = Vec::new();
    for query in [deep, wide, spiral] {
        found.push(codes(&app.graphql(&query, json!({})).await));
    }
    app.finish().await;
    assert_debug_snapshot!(found, @r#"
    [
        "QUERY_TOO_COMPLEX -",
        "QUERY_TOO_COMPLEX -",
        "QUERY_TOO_COMPLEX -",
    ]
    "#);
}

#[tokio::test]
async fn our_own_failures_tell_clients_nothing_but_that() {
    let app = TestApp::start().await;
    let drop = "DROP TABLE price_bar";
    sea_orm::ConnectionTrait::execute_unprepared(app.platform.db.connection(), drop).await.unwrap();
    build::stocks(&app.platform, &["AAPL"]).await;
    let response =
        app.graphql(r#"{ stock(symbol: "AAPL") { priceHistory { totalCount } } }"#, json!({})).await;
    app.finish().await;
    assert_debug_snapshot!(response["errors"], @r#"
    Array [
        Object {
            "extensions": Object {
                "code": String("INTERNAL"),
            },
            "locations": Array [
                Object {
                    "column": Number(27),
                    "line": Number(1),
                },
            ],
            "message": String("internal error"),
            "path": Array [
                String("stock"),
                String("priceHistory"),
            ],
        },
    ]
    "#);
}

#[tokio::test]
async fn errors_on_sockets_and_in_bodies_have_codes_too() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut app = TestApp::start().await;
    let address = app.serve().await;
    let mut socket = app.socket().await;
    let mut found = Vec::new();
    for query in [
        r#"subscription { quoteUpdated(symbols: ["aapl"]) { price } }"#,
        "subscription { quoteUpdated(symbols: []) { price } }",
        "subscription { nothing }",
        r#"subscription { sentimentUpdated(after: "x") { cursor } }"#,
        r#"subscription { jobUpdated(id: "x") { id } }"#,
    ] {
        socket.subscribe(query).await;
        found.push(loop {
            let message = socket.receive().await.unwrap();
            match message["type"].as_str().unwrap() {
                "next" => break codes(&message["payload"]),
                "error" => break codes(&json!({ "errors": message["payload"] })),
                _ => {}
            }
        });
        socket.send(&json!({ "id": "1", "type": "complete" })).await;
    }
    for body in ["nonsense", r#"{ "query": 1 }"#, r#"{ "query": "{ nothing }" }"#] {
        let request = reqwest::Client::new().post(format!("http://{address}/graphql")).body(body);
        let response = request.header("content-type", "application/json").send().await.unwrap();
        let status = response.status().as_u16();
        found.push(format!("{status} {}", codes(&response.json().await.unwrap())));
    }
    app.finish().await;
    assert_debug_snapshot!(found, @r#"
    [
        "BAD_USER_INPUT symbols",
        "BAD_USER_INPUT symbols",
        "BAD_USER_INPUT nothing",
        "BAD_USER_INPUT after",
        "BAD_USER_INPUT id",
        "400 BAD_USER_INPUT -",
        "400 BAD_USER_INPUT -",
        "200 BAD_USER_INPUT nothing",
    ]
    "#);
}

#[tokio::test]
async fn strange_but_well_formed_values_never_are_our_failure() {
    let app = TestApp::start_on("2024-03-15T12:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    // What PostgreSQL cannot store or compare: NUL in a text, years beyond its calendar.
    let nul = "WyJBXHUwMDAwIiwiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0";
    let queries = [
        r#"{ searchStocks(text: "a\u0000b") { totalCount } }"#.to_owned(),
        r#"{ stocks(filter: { sector: "\u0000" }) { totalCount } }"#.to_owned(),
        r#"{ jobs(filter: { kinds: ["\u0000"] }) { totalCount } }"#.to_owned(),
        format!("{{ stocks(after: {nul:?}) {{ edges {{ cursor }} }} }}"),
        r#"{ stock(symbol: "AAPL") { sentiment(asOf: "-200000-01-01T00:00:00Z") { count } } }"#.to_owned(),
        r#"{ stock(symbol: "AAPL") { priceHistory(timeframe: Y5, asOf: "-4712-01-01T00:00:00Z") { totalCount } } }"#.to_owned(),
        r#"{ stock(symbol: "AAPL") { news(asOf: "0000-01-01T00:00:00Z") { totalCount } } }"#.to_owned(),
        r#"{ posts(filter: { publishedBefore: "+200000-01-01T00:00:00Z" }) { totalCount } }"#.to_owned(),
        r#"{ posts(filter: { publishedAfter: "-200000-01-01T00:00:00Z" }) { totalCount } }"#.to_owned(),
        r#"{ searchStocks(text: "\uD83D\uDE80 ńäö") { totalCount } }"#.to_owned(),
    ];
    let mut ours = Vec::new();
    for query in queries {
        let codes = codes(&app.graphql(&query, json!({})).await);
        if codes.contains("INTERNAL") || codes.contains("UNAVAILABLE") {
            ours.push(format!("{query} {codes}"));
        }
    }
    let variables = json!({ "text": "a\u{0}" });
    let response =
        app.graphql("query($text: String!) { searchStocks(text: $text) { totalCount } }", variables).await;
    ours.push(codes(&response));
    app.finish().await;
    assert_snapshot!(ours.join("\n"), @"BAD_USER_INPUT -");
}
