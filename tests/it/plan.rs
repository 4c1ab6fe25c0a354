//! What PostgreSQL does for the canonical reads: nothing that grows with a table.

use crate::statement::CANONICAL;
use api::schema;
use async_graphql::{Executor as _, Request};
use domain::event::Feed;
use domain::identity::Gatekeeper;
use futures_util::StreamExt as _;
use platform::Platform;
use sea_orm::{ConnectionTrait as _, Statement};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tests::{TestApp, build, on_postgres};
use tokio::time::timeout;

/// The tables that grow for ever, or fast.
const LARGE: [&str; 7] = ["price_bar", "post", "mention", "sentiment_record", "post_score", "event", "job"];
const NOW: &str = "2024-03-15T20:30:00Z";

/// 20 stocks and 20 000 rows of everything else, an hour or a day apart.
const ROWS: &str = r#"
INSERT INTO price_bar (stock_id, "interval", "time", known_at, close, source)
    SELECT stock.id, 'DAY', day, day + interval '21 hours', 100000000, 'FILE' FROM stock,
    generate_series(timestamptz '2021-06-19 00:00Z', '2024-03-15 00:00Z', '1 day') AS day;
INSERT INTO post (id, source, external_id, content_type, body, published_at, known_at, scored_at)
    SELECT gen_random_uuid(), 'FILE', n::text, 'POST', repeat('text ', 200), at, at, at
    FROM generate_series(1, 20000) AS n, LATERAL (SELECT timestamptz '2024-03-15 20:00Z' - n * interval '1 hour' AS at) AS times;
INSERT INTO mention (post_id, stock_id, span_start, span_end, occurrences, kind, confidence, published_at, known_at)
    SELECT post.id, stocks.id, 0, 5, 1, 'CASHTAG', 0.99, published_at, known_at FROM post
    JOIN (SELECT id, row_number() OVER (ORDER BY symbol) AS n FROM stock) AS stocks
    ON stocks.n = 1 + post.external_id::int % 20;
INSERT INTO post_score (post_id, model, model_version, score, label, confidence, known_at)
    SELECT id, 'vader', '1', 0.5, 'POSITIVE', 0.75, known_at FROM post;
INSERT INTO sentiment_record (id, post_id, stock_id, symbol, source, content_type, published_at, session_day, score, label,
    confidence, model, model_version, known_at, processed_at)
    SELECT gen_random_uuid(), post.id, stock.id, stock.symbol, 'FILE', 'POST', post.published_at, post.published_at::date,
    0.5, 'POSITIVE', 0.75, 'vader', '1', post.known_at, post.known_at
    FROM post JOIN mention ON mention.post_id = post.id JOIN stock ON stock.id = mention.stock_id;
INSERT INTO event (topic, sequence, payload, known_at)
    SELECT 'sentiment.scored', n, jsonb_build_object('record', records.id, 'symbol', records.symbol), now()
    FROM (SELECT id, symbol, row_number() OVER (ORDER BY published_at) AS n FROM sentiment_record) AS records;
INSERT INTO topic (name, last_sequence) VALUES ('sentiment.scored', 20000);
INSERT INTO job (id, kind, payload, priority, state, attempt, deaths, max_attempts, timeout_seconds, run_at, cancel_requested, known_at)
    SELECT gen_random_uuid(), 'admin.clean_up', '{}', 0, CASE n % 1000 WHEN 0 THEN 'FAILED' ELSE 'COMPLETED' END, 1, 0, 1, 60,
    timestamptz '2024-03-15 20:00Z' - n * interval '1 hour', false, now() FROM generate_series(1, 20000) AS n;
ANALYZE;"#;

/// Besides the canonical ones: reads with filters, one by one, and from the middle of long lists.
const MORE: [&str; 7] = [
    r#"{ stock(symbol: "ZQA") { priceHistory(timeframe: ALL, last: 20) { totalCount edges { node { close } } } } }"#,
    r#"{ stock(symbol: "ZQA") { a: sentiment(timeframe: D1) { mean } b: sentiment(timeframe: D30, sources: [FILE]) { mean } } }"#,
    r#"{ posts(filter: { symbols: ["ZQA", "ZQB"] }, first: 20) { edges { node { body } } } }"#,
    r#"{ posts(filter: { publishedAfter: "2024-03-14T00:00:00Z" }) { totalCount edges { node { body } } } }"#,
    r#"{ posts(filter: { sources: [FILE], publishedBefore: "2023-03-14T00:00:00Z" }) { edges { node { body } } } }"#,
    "{ posts(last: 20) { edges { node { body } } } }",
    r#"{ stock(symbol: "ZQA") { news(timeframe: D7) { totalCount } sentimentRecords(timeframe: D90, first: 100) { totalCount edges { cursor } } } }"#,
];

type Seen = Arc<Mutex<Vec<Statement>>>;

fn watched(platform: &Platform) -> (Platform, Seen) {
    let seen = Seen::default();
    let sink = seen.clone();
    let db = platform.db.watched(move |statement| sink.lock().unwrap().push(statement.clone()));
    (Platform { db, ..platform.clone() }, seen)
}

/// Runs everything that is often run; only what fails to run at all is a failure here.
async fn use_everything(platform: &Platform, app: &TestApp) {
    let schema = schema::build(platform, &Gatekeeper::start(platform), &app.config);
    // A total of everything looks at everything.
    let without_totals = |query: &str| {
        let query = query.replace("posts(first: 100) { totalCount", "posts(first: 100) {");
        query.replace("news(first: 5) { totalCount", "news(first: 5) {")
    };
    let canonical = CANONICAL.iter().map(|(_, query)| without_totals(query));
    for query in canonical.chain(MORE.iter().map(ToString::to_string)) {
        let response = schema.execute(Request::new(&query)).await;
        assert!(response.errors.is_empty(), "{query}: {:?}", response.errors);
    }
    let feed = Feed::start(platform);
    let mut events = Box::pin(feed.follow("sentiment.scored", Some(17_000)).await.unwrap());
    timeout(Duration::from_secs(15), events.next()).await.unwrap().unwrap().unwrap();
    let worker = worker::Worker::new(platform, worker::Sources::default(), &app.config).unwrap();
    build::posts(platform, &[build::new_post("new", NOW, "$ZQA is good")]).await;
    worker.drain(None).await.unwrap();
}

async fn plan(app: &TestApp, statement: &Statement) -> String {
    let mut explained = statement.clone();
    explained.sql = format!("EXPLAIN {}", statement.sql);
    let rows = app.platform.db.connection().query_all_raw(explained).await.unwrap();
    let lines = rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_canonical_reads_scan_no_large_table() {
    if !on_postgres() {
        println!("this is about PostgreSQL: nothing is checked");
        return;
    }
    let app = TestApp::start_on(NOW).await;
    let symbols: Vec<String> = ('A'..='T').map(|letter| format!("ZQ{letter}")).collect();
    build::stocks(&app.platform, &symbols.iter().map(String::as_str).collect::<Vec<_>>()).await;
    app.platform.db.connection().execute_unprepared(ROWS).await.unwrap();
    let (platform, seen) = watched(&app.platform);
    use_everything(&platform, &app).await;
    drop(platform);
    let statements = seen.lock().unwrap().clone();
    let explainable = |statement: &&Statement| {
        ["SELECT", "UPDATE", "INSERT"].iter().any(|verb| statement.sql.starts_with(verb))
    };
    let (mut explained, mut scans) = (0, Vec::new());
    for statement in statements.iter().filter(explainable) {
        let plan = plan(&app, statement).await;
        explained += 1;
        if LARGE.iter().any(|table| plan.lines().any(|line| line.contains(&format!("Seq Scan on {table} "))))
        {
            scans.push(format!("{}\n{plan}", statement.sql));
        }
    }
    app.discard().await;
    assert!(explained > 50, "only {explained} statements were seen");
    scans.sort();
    scans.dedup();
    assert!(scans.is_empty(), "{}", scans.join("\n\n"));
}
