//! Data out and back in: exports, uploads, imports and their outcome.

use super::{audited, download, gunzip, refusal, stored, upload};
use domain::identity::Role;
use flate2::{Compression, write::GzEncoder};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::{io::Write as _, net::SocketAddr, time::Duration};
use tests::{Person, TestApp, build, person::error_code};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep, timeout},
};
use worker::export::Export;

const NOW: &str = "2024-03-15T22:00:00Z";
const EXPORT: &str =
    "mutation ($input: ExportDataInput!) { exportData(input: $input) { archive { id fileName } } }";
const REPORT: &str = "query ($id: ID!) { archive(id: $id) { lastImport { table read stored revised unchanged
    rejected { reason count examples { line text } } unknownColumns problem } } }";

/// Asks for an import and runs it; what it says of itself afterwards.
async fn import(app: &TestApp, admin: &Person, field: &str, id: &Value) -> Value {
    let answer = request(app, admin, field, id).await;
    assert_eq!(answer.get("errors"), None, "{answer}");
    app.run_jobs().await;
    app.data_as(admin, REPORT, json!({ "id": id })).await["archive"]["lastImport"].take()
}

async fn request(app: &TestApp, admin: &Person, field: &str, id: &Value) -> Value {
    let document =
        format!("mutation ($id: ID!) {{ {field}(input: {{ archiveId: $id }}) {{ job {{ id kind }} }} }}");
    app.graphql_as(admin, &document, json!({ "id": id })).await
}

/// Uploads a file; its id.
async fn sent(address: SocketAddr, admin: &Person, name: &str, content: impl Into<Vec<u8>>) -> Value {
    let answer = upload(address, &admin.access_token, name, content).await;
    assert_eq!(answer.status().as_u16(), 201);
    answer.json::<Value>().await.unwrap()["id"].take()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// Stocks, bars and posts of which some are awkward.
async fn fill(app: &TestApp) {
    build::stocks(&app.platform, &["AAPL", "BRK.B"]).await;
    let mut bars = vec![build::bar("AAPL", "2024-03-13", 171.13), build::bar("BRK.B", "2024-03-14", 407.5)];
    bars[1].open = None;
    bars[1].volume = None;
    build::bars(&app.platform, &bars).await;
    build::bars(&app.platform, &[build::bar("AAPL", "2024-03-13", 171.25)]).await;
    let posts = [
        build::new_post("1", "2024-03-14T15:00:00.123456Z", "$AAPL \"quoted\", with a\nline and 🚀"),
        build::new_post("2", "2024-03-14T16:00:00Z", "$BRK.B falls"),
    ];
    build::posts(&app.platform, &posts).await;
    app.run_jobs().await;
}

#[tokio::test]
async fn what_is_exported_and_imported_elsewhere_is_the_same() {
    let (mut old, mut new) = (TestApp::start_on(NOW).await, TestApp::start_on(NOW).await);
    let (giver, taker) = (old.admin().await, new.admin().await);
    fill(&old).await;
    let (from, to) = (old.serve().await, new.serve().await);
    let mut outcomes = Vec::new();
    for (what, field, table) in [
        ("STOCKS", "importStocks", Export::Stocks),
        ("PRICES", "importPrices", Export::Prices),
        ("POSTS", "importPosts", Export::Posts),
    ] {
        let begun = old.data_as(&giver, EXPORT, json!({ "input": { "what": what } })).await;
        old.run_jobs().await;
        let id = begun["exportData"]["archive"]["id"].as_str().unwrap();
        let bytes = download(from, &giver.access_token, id).await.bytes().await.unwrap();
        assert_eq!(gunzip(&bytes), old.export(table).await);
        let name = begun["exportData"]["archive"]["fileName"].as_str().unwrap();
        let id = sent(to, &taker, name, bytes).await;
        let first = import(&new, &taker, field, &id).await;
        let second = import(&new, &taker, field, &id).await;
        outcomes.push(format!("{name}: {} stored, then {} unchanged", first["stored"], second["unchanged"]));
        assert_eq!(new.export(table).await, old.export(table).await, "{what}");
    }
    let scored = "{ stock(symbol: \"AAPL\") { sentimentRecords(timeframe: ALL) { totalCount } } }";
    let scored = new.data(scored).await["stock"]["sentimentRecords"]["totalCount"].take();
    let entries = audited(&old, &giver, "admin.export_data").await;
    let downloads = audited(&old, &giver, "admin.download_archive").await;
    let imports = audited(&new, &taker, "admin.import_prices").await;
    let uploads = audited(&new, &taker, "admin.upload_archive").await;
    old.finish().await;
    new.finish().await;
    assert_snapshot!(outcomes.join("\n"), @r"
    stocks.csv.gz: 2 stored, then 2 unchanged
    prices.csv.gz: 2 stored, then 2 unchanged
    posts.csv.gz: 2 stored, then 2 unchanged
    ");
    assert_eq!((scored, entries.len(), imports.len(), uploads.len()), (json!(1), 3, 2, 3));
    assert_eq!(downloads.len(), 3);
    assert_eq!(entries[2]["after"], "{\"symbol\":null,\"what\":\"stocks\"}");
}

#[tokio::test]
async fn an_export_is_imported_where_it_is_and_only_as_what_it_is() {
    let app = TestApp::start_on(NOW).await;
    let admin = app.admin().await;
    fill(&app).await;
    let input = json!({ "input": { "what": "PRICES", "symbol": "AAPL" } });
    let begun = app.data_as(&admin, EXPORT, input).await["exportData"]["archive"].take();
    let early = request(&app, &admin, "importPrices", &begun["id"]).await;
    app.run_jobs().await;
    let other = request(&app, &admin, "importPosts", &begun["id"]).await;
    let report = import(&app, &admin, "importPrices", &begun["id"]).await;
    let mut refused = Vec::new();
    for input in [json!({ "what": "PRICES", "symbol": "NONE" }), json!({ "what": "POSTS", "symbol": "AAPL" })]
    {
        let answer = app.graphql_as(&admin, EXPORT, json!({ "input": input })).await;
        refused.push(answer["errors"][0]["extensions"]["field"].clone());
    }
    app.finish().await;
    assert_eq!(begun["fileName"], "prices-AAPL.csv.gz");
    assert_eq!((error_code(&early), error_code(&other)), ("CONFLICT", "BAD_USER_INPUT"));
    assert_eq!(
        (&report["read"], &report["unchanged"], &report["problem"]),
        (&json!(1), &json!(1), &Value::Null)
    );
    assert_eq!(refused, ["symbol", "symbol"]);
}

#[tokio::test]
async fn the_report_says_what_is_wrong_with_a_file() {
    let mut app = TestApp::start_on(NOW).await;
    let admin = app.admin().await;
    let address = app.serve().await;
    let bad = "Date,Close,Colour\n2024-03-12,11,red\nyesterday,11,red\n2024-03-13,1\u{0}1,red\n2024-03-14,12,blue\n";
    let many: Vec<String> =
        (0..20_000).map(|n| format!("a{n},2024-03-14T15:00:00Z,text number {n}\n")).collect();
    let whole = gzip(&format!("id,published,text\n{}", many.concat()));
    let mut found = Vec::new();
    for (name, field, content) in [
        ("AAPL.csv", "importPrices", bad.as_bytes().to_vec()),
        ("cut.csv.gz", "importPosts", whole[..whole.len() / 2].to_vec()),
        ("posts.csv.gz", "importPrices", whole.clone()),
        ("empty.csv.gz", "importStocks", gzip("")),
        ("noise.csv.gz", "importStocks", [[0x1f, 0x8b].as_slice(), &[0x55; 3000]].concat()),
    ] {
        let id = sent(address, &admin, name, content).await;
        let report = import(&app, &admin, field, &id).await;
        if name.starts_with("cut") {
            assert!(
                report["stored"].as_u64().unwrap() > 1000,
                "what came before the cut is stored: {report}"
            );
            let problem = report["problem"].as_str().unwrap();
            assert!(problem.starts_with("cut.csv.gz ends early, behind line "), "{problem}");
            continue;
        }
        found.push(format!("{name}: {report}"));
    }
    app.finish().await;
    assert_snapshot!(found.join("\n"), @r#"
    AAPL.csv: {"problem":null,"read":4,"rejected":[{"count":1,"examples":[{"line":3,"text":"yesterday,11,red"}],"reason":"unreadable date"},{"count":1,"examples":[{"line":4,"text":"2024-03-13,1�1,red"}],"reason":"unreadable number"}],"revised":0,"stored":2,"table":"PRICES","unchanged":0,"unknownColumns":["Colour"]}
    posts.csv.gz: {"problem":"posts.csv.gz has no column for the day (accepted names: date, day, timestamp, datetime, time) and no column for the close (accepted names: close) and no column for the symbol (accepted names: symbol, ticker, name); its columns are id, published, text","read":0,"rejected":[],"revised":0,"stored":0,"table":"PRICES","unchanged":0,"unknownColumns":[]}
    empty.csv.gz: {"problem":"empty.csv.gz is empty","read":0,"rejected":[],"revised":0,"stored":0,"table":"STOCKS","unchanged":0,"unknownColumns":[]}
    noise.csv.gz: {"problem":"noise.csv.gz can't be read beyond line 0: invalid gzip header","read":0,"rejected":[],"revised":0,"stored":0,"table":"STOCKS","unchanged":0,"unknownColumns":[]}
    "#);
}

#[tokio::test]
async fn only_an_administrator_with_a_fresh_code_imports_and_only_own_archives() {
    let mut app = TestApp::start().await;
    let (admin, anna) = (app.admin().await, app.person("anna", Role::User).await);
    let address = app.serve().await;
    let id = sent(address, &admin, "AAPL.csv", "date,close\n2024-03-12,11\n").await;
    let my_data =
        app.data_as(&anna, "mutation { exportMyData(input: {}) { archive { id } } }", json!({})).await;
    app.run_jobs().await;
    let stale = app.sign_in(&admin.email).await;
    let refused = [
        request(&app, &anna, "importPrices", &id).await,
        request(&app, &stale, "importPrices", &id).await,
        request(&app, &admin, "importPrices", &my_data["exportMyData"]["archive"]["id"]).await,
        request(&app, &admin, "importPrices", &json!("01890000-0000-7000-8000-000000000000")).await,
        request(&app, &admin, "importPrices", &json!("nonsense")).await,
    ];
    let uploads = [
        refusal(upload(address, &anna.access_token, "a.csv", "x").await).await,
        refusal(upload(address, &stale.access_token, "a.csv", "x").await).await,
        refusal(upload(address, &admin.access_token, "../a.csv", "x").await).await,
        refusal(upload(address, &admin.access_token, "a.csv", "").await).await,
    ];
    // The second factor is missing in this session.
    let data = refusal(download(address, &stale.access_token, id.as_str().unwrap()).await).await;
    let left = stored(&app).await;
    app.finish().await;
    assert_eq!(
        refused.each_ref().map(error_code),
        ["FORBIDDEN", "TOTP_REQUIRED", "NOT_FOUND", "NOT_FOUND", "BAD_USER_INPUT"]
    );
    assert_eq!(uploads, ["403 FORBIDDEN", "403 TOTP_REQUIRED", "400 BAD_USER_INPUT", "400 BAD_USER_INPUT"]);
    assert_eq!((data.as_str(), left), ("403 TOTP_REQUIRED", (2, 2)));
}

/// Sends the head of an upload and `body`, then either waits for the answer or goes away.
async fn raw(address: SocketAddr, admin: &Person, header: &str, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /archives?name=a.csv HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n{header}\r\n\r\n",
        admin.access_token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server may answer, and close, before it has seen all.
    let _ = stream.write_all(body).await;
    stream
}

/// Waits until so many archives and parts are stored.
async fn becomes(app: &TestApp, expected: (u64, u64)) {
    let reached = async {
        while stored(app).await != expected {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(20), reached).await.unwrap_or_else(|_| panic!("never {expected:?}"));
}

#[tokio::test]
async fn large_files_come_and_go_whole_and_too_large_ones_leave_nothing_behind() {
    let mut app = TestApp::start().await;
    app.config.archives.largest_upload = 2 * 1024 * 1024;
    let admin = app.admin().await;
    let address = app.serve().await;
    let large: Vec<u8> = (0..2 * 1024 * 1024_u32)
        .map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap())
        .collect();
    let id = sent(address, &admin, "large.csv", large.clone()).await;
    let back = download(address, &admin.access_token, id.as_str().unwrap()).await.bytes().await.unwrap();
    assert!(back == large, "{} bytes came back", back.len());
    assert_eq!(stored(&app).await, (1, 4));
    let mut larger = large.clone();
    larger.push(0);
    let declared = refusal(upload(address, &admin.access_token, "a.csv", larger.clone()).await).await;
    let chunk = [format!("{:x}\r\n", larger.len()).as_bytes(), &larger, b"\r\n0\r\n\r\n"].concat();
    let mut stream = raw(address, &admin, "transfer-encoding: chunked", &chunk).await;
    let mut answer = vec![0; 15];
    stream.read_exact(&mut answer).await.unwrap();
    let broken_off = raw(address, &admin, "content-length: 2000000", &large[..1_000_000]).await;
    becomes(&app, (2, 5)).await;
    drop(broken_off);
    becomes(&app, (1, 4)).await;
    let body = json!({ "query": format!("{{ __typename }} #{}", "x".repeat(1024 * 1024)) });
    let others =
        crate::http::client().post(format!("http://{address}/graphql")).json(&body).send().await.unwrap();
    app.finish().await;
    assert_eq!((declared.as_str(), answer.as_slice()), ("413 BAD_USER_INPUT", b"HTTP/1.1 413 Pa".as_slice()));
    assert_eq!(others.status().as_u16(), 413);
}

#[tokio::test]
async fn files_are_limited_like_everything_else() {
    let mut app = TestApp::start().await;
    let limits = &mut app.config.limits;
    (limits.enforce, limits.writes_per_minute) = (true, 1);
    let admin = app.admin().await;
    let address = app.serve().await;
    let first = upload(address, &admin.access_token, "a.csv", "x").await.status().as_u16();
    let second = upload(address, &admin.access_token, "b.csv", "x").await;
    let pause = second.headers().get("retry-after").is_some();
    let second = refusal(second).await;
    app.finish().await;
    assert_eq!((first, second.as_str(), pause), (201, "429 RATE_LIMITED", true));
}

#[tokio::test]
async fn what_the_simulation_made_never_comes_back_as_real() {
    let mut app = TestApp::start_on(NOW).await;
    let admin = app.admin().await;
    let address = app.serve().await;
    let mut found = Vec::new();
    for (name, field, content) in [
        ("AAPL.csv", "importPrices", "date,close,source\n2024-03-12,11,SIMULATED\n2024-03-13,12,FILE\n"),
        (
            "posts.csv",
            "importPosts",
            "id,published at,text,source\n1,2024-03-12,a,SIMULATED\n2,2024-03-12,b,web\n",
        ),
    ] {
        let id = sent(address, &admin, name, content).await;
        let report = import(&app, &admin, field, &id).await;
        found.push(format!(
            "{} {} {}",
            report["stored"], report["rejected"][0]["reason"], report["unknownColumns"]
        ));
    }
    app.finish().await;
    assert_eq!(found, ["1 \"simulated, not real\" []"; 2]);
}
