//! The log over GraphQL.

use domain::admin::log;
use platform::telemetry::LogLine;
use serde_json::{Value, json};
use tests::{Person, TestApp, build::time};

fn line(at: &str, level: &str, target: &str, message: &str) -> LogLine {
    LogLine {
        time: time(at),
        level: level.parse().unwrap(),
        target: target.to_owned(),
        message: message.to_owned(),
        fields: json!({ "job.name": "market.collect_prices", "duration_ms": 12 }),
    }
}

async fn app() -> (TestApp, Person) {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let lines = vec![
        line("2026-01-05T10:00:00Z", "INFO", "worker::market", "Stored 7 bars"),
        line("2026-01-05T10:00:01Z", "WARN", "worker::news", "Could not fetch posts"),
        line("2026-01-05T10:00:02Z", "ERROR", "api::error", "Request failed at 100% of_all"),
        line("2026-01-05T10:00:02Z", "INFO", "worker_of_others", "Stored nothing"),
    ];
    log::store(app.platform.db.connection(), lines).await.unwrap();
    (app, admin)
}

async fn messages(app: &TestApp, admin: &Person, filter: &str) -> Vec<String> {
    let query = format!("{{ systemLogs(filter: {filter}) {{ totalCount edges {{ node {{ message }} }} }} }}");
    let found = app.data_as(admin, &query, json!({})).await["systemLogs"].take();
    let edges = found["edges"].as_array().unwrap();
    assert_eq!(found["totalCount"], edges.len());
    edges.iter().map(|edge| edge["node"]["message"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn lines_are_found_by_level_target_text_and_time() {
    let (app, admin) = app().await;
    let failed = "Request failed at 100% of_all";
    for (filter, expected) in [
        ("{ level: WARN }", vec![failed, "Could not fetch posts"]),
        ("{ level: ERROR }", vec![failed]),
        ("{ target: \"worker::\" }", vec!["Could not fetch posts", "Stored 7 bars"]),
        ("{ target: \"WORKER_\" }", vec!["Stored nothing"]),
        ("{ text: \"100% OF_\" }", vec![failed]),
        ("{ text: \"stored_\" }", vec![]),
        (
            "{ after: \"2026-01-05T10:00:00Z\", before: \"2026-01-05T10:00:02Z\" }",
            vec!["Could not fetch posts"],
        ),
        ("{ after: \"-250000-01-01T00:00:00Z\", level: ERROR }", vec![failed]),
    ] {
        assert_eq!(messages(&app, &admin, filter).await, expected, "{filter}");
    }
    app.finish().await;
}

#[tokio::test]
async fn pages_lose_no_line_of_one_moment_and_show_the_fields() {
    let (app, admin) = app().await;
    let query =
        "query ($after: Cursor) { systemLogs(first: 1, after: $after) { pageInfo { endCursor hasNextPage }
        edges { node { id time level target message fields { name value } } } } }";
    let (mut cursor, mut seen) = (Value::Null, Vec::new());
    loop {
        let page = app.data_as(&admin, query, json!({ "after": cursor })).await["systemLogs"].take();
        seen.push(page["edges"][0]["node"].clone());
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        cursor = page["pageInfo"]["endCursor"].clone();
    }
    app.finish().await;
    let ids: std::collections::HashSet<_> = seen.iter().map(|line| line["id"].to_string()).collect();
    assert_eq!((seen.len(), ids.len()), (4, 4));
    let oldest = &seen[3];
    assert_eq!((&oldest["level"], &oldest["target"]), (&json!("INFO"), &json!("worker::market")));
    let fields = json!([{ "name": "duration_ms", "value": "12" }, { "name": "job.name", "value": "market.collect_prices" }]);
    assert_eq!(oldest["fields"], fields);
}
