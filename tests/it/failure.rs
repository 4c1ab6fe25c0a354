//! What clients are told when it is not their words that are wrong.

use insta::{assert_debug_snapshot, assert_snapshot};
use serde_json::{Value, json};
use tests::{TestApp, build};

/// `code field` of every error.
pub fn codes(response: &Value) -> String {
    let code = |error: &Value| {
        let text = |name: &str| error["extensions"][name].as_str().unwrap_or("-").to_owned();
        format!("{} {}", text("code"), text("field"))
    };
    response["errors"].as_array().into_iter().flatten().map(code).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn what_asks_for_too_much_is_too_complex() {
    let app = TestApp::start().await;
    let deep = format!(
        "{{ stocks {{ edges {{ node {{ news {{ edges {{ node {{ mentions {{ stock {{ {} }} }} }} }} }} }} }} }} }}",
        "news { edges { node { mentions { stock { news { edges { node { mentions { stock { id } } } } } } } } } }"
    );
    let fields = "stocks { edges { node { id symbol name exchange sector industry kind } } }";
    let many: Vec<String> = (0..600).map(|n| format!("a{n}: {fields}")).collect();
    let wide = format!("{{ {} }}", many.join(" "));
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
        "UNAUTHENTICATED -",
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

#[tokio::test]
async fn a_body_over_a_mebibyte_is_refused() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut app = TestApp::start().await;
    let url = format!("http://{}/graphql", app.serve().await);
    let body = json!({ "query": format!("{{ {} }}", "__typename ".repeat(200_000)) }).to_string();
    let request = reqwest::Client::new().post(&url).header("content-type", "application/json").body(body);
    assert_eq!(request.send().await.unwrap().status(), 413);
    app.finish().await;
}
