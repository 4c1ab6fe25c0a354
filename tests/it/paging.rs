//! Relay's pages.

use domain::news::NewPost;
use insta::assert_snapshot;
use serde_json::Value;
use tests::{TestApp, build};

const NOW: &str = "2024-03-15T12:00:00Z";

/// `cursor`s and `field`s of a connection's edges.
fn edges(connection: &Value, field: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let edges = connection["edges"].as_array().unwrap().iter();
    edges.map(|edge| (text(&edge["cursor"]), text(&edge["node"][field]))).collect()
}

/// What a page holds, and what it says of its neighbours: `<` before, `>` behind.
fn shown(connection: &Value, field: &str) -> String {
    let names: Vec<String> = edges(connection, field).into_iter().map(|(_, name)| name).collect();
    let info = &connection["pageInfo"];
    let sign = |name: &str, sign| if info[name].as_bool().unwrap() { sign } else { "" };
    format!("{}{}{}", sign("hasPreviousPage", "<"), names.join(" "), sign("hasNextPage", ">"))
}

async fn stocks(app: &TestApp, arguments: &str) -> Value {
    let query = format!(
        "{{ stocks{arguments} {{ edges {{ cursor node {{ symbol }} }}
            pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    app.data(&query).await["stocks"].take()
}

async fn posts(app: &TestApp, arguments: &str) -> Value {
    let query = format!(
        "{{ posts{arguments} {{ edges {{ cursor node {{ body }} }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"
    );
    app.data(&query).await["posts"].take()
}

fn post(name: &str, hour: u32) -> NewPost {
    build::new_post(name, &format!("2024-03-14T{hour:02}:00:00Z"), name)
}

#[tokio::test]
async fn pages_go_both_ways_from_both_ends() {
    let app = TestApp::start().await;
    build::stocks(&app.platform, &["E", "A", "C", "B", "D"]).await;
    let all = stocks(&app, "").await;
    let cursor = |index: usize| edges(&all, "symbol")[index].0.clone();
    let (b, d) = (cursor(1), cursor(3));
    let mut lines = Vec::new();
    for arguments in [
        "(first: 2)".to_owned(),
        format!("(first: 2, after: {b:?})"),
        format!("(first: 2, after: {d:?})"),
        format!("(first: 9, after: {b:?}, before: {d:?})"),
        "(last: 2)".to_owned(),
        format!("(last: 2, before: {d:?})"),
        format!("(last: 9, before: {b:?})"),
        format!("(last: 1, after: {b:?})"),
        "(first: 0)".to_owned(),
        "(first: 2, orderBy: { direction: DESC })".to_owned(),
        format!("(first: 2, after: {d:?}, orderBy: {{ direction: DESC }})"),
        format!("(last: 2, before: {b:?}, orderBy: {{ direction: DESC }})"),
    ] {
        let page = shown(&stocks(&app, &arguments).await, "symbol");
        lines.push(format!("{} = {page}", arguments.replace(&b, "B").replace(&d, "D")));
    }
    app.finish().await;
    assert_snapshot!(lines.join("\n"), @r#"
    (first: 2) = A B>
    (first: 2, after: "B") = <C D>
    (first: 2, after: "D") = <E
    (first: 9, after: "B", before: "D") = <C>
    (last: 2) = <D E
    (last: 2, before: "D") = <B C>
    (last: 9, before: "B") = A>
    (last: 1, after: "B") = <E
    (first: 0) = >
    (first: 2, orderBy: { direction: DESC }) = E D>
    (first: 2, after: "D", orderBy: { direction: DESC }) = <C B>
    (last: 2, before: "B", orderBy: { direction: DESC }) = <D C>
    "#);
    assert_eq!(all["pageInfo"]["startCursor"], all["edges"][0]["cursor"]);
    assert_eq!(all["pageInfo"]["endCursor"], all["edges"][4]["cursor"]);
}

#[tokio::test]
async fn an_empty_page_has_no_cursors() {
    let app = TestApp::start().await;
    let page = stocks(&app, "").await;
    app.finish().await;
    assert_snapshot!(page.to_string(), @r#"{"edges":[],"pageInfo":{"endCursor":null,"hasNextPage":false,"hasPreviousPage":false,"startCursor":null}}"#);
}

#[tokio::test]
async fn inserts_before_and_behind_the_cursor_neither_repeat_nor_hide_rows() {
    let app = TestApp::start_on(NOW).await;
    build::posts(&app.platform, &[post("nine", 9), post("seven", 7), post("five", 5), post("three", 3)])
        .await;
    let first = posts(&app, "(first: 2)").await;
    build::posts(&app.platform, &[post("ten", 10), post("eight", 8), post("four", 4)]).await;
    let cursor = &first["pageInfo"]["endCursor"];
    let second = posts(&app, &format!("(first: 2, after: {cursor})")).await;
    let cursor = &second["pageInfo"]["endCursor"];
    let third = posts(&app, &format!("(first: 2, after: {cursor})")).await;
    app.run_jobs().await;
    app.finish().await;
    let pages = [first, second, third].map(|page| shown(&page, "body")).join("\n");
    assert_snapshot!(pages, @r"
    nine seven>
    <five four>
    <three
    ");
}

#[tokio::test]
async fn rows_of_one_instant_are_paged_one_by_one() {
    let app = TestApp::start_on(NOW).await;
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    build::posts(&app.platform, &names.map(|name| post(name, 9))).await;
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = posts(&app, &format!("(first: 2{after})")).await;
        seen.extend(edges(&page, "body").into_iter().map(|(_, body)| body));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    app.run_jobs().await;
    app.finish().await;
    seen.sort();
    assert_eq!(seen, names);
}

#[tokio::test]
async fn the_total_is_counted_only_when_asked_for() {
    let app = TestApp::start_on(NOW).await;
    build::stocks(&app.platform, &["AAPL", "MSFT"]).await;
    build::bars(&app.platform, &[build::bar("AAPL", "2024-03-14", 10.0)]).await;
    build::posts(&app.platform, &[build::new_post("1", "2024-03-14T15:00:00Z", "$AAPL soars")]).await;
    app.run_jobs().await;
    let mut lines = Vec::new();
    for field in ["stocks", "posts", r#"searchStocks(text: "a")"#] {
        let without = app.statements(&format!("{{ {field} {{ edges {{ cursor }} }} }}")).await;
        let with = app.statements(&format!("{{ {field} {{ edges {{ cursor }} totalCount }} }}")).await;
        lines.push(format!("{field}: {without} {with}"));
    }
    for field in ["priceHistory", "sentimentRecords", "news"] {
        let of = |what: &str| format!(r#"{{ stock(symbol: "AAPL") {{ {field} {{ {what} }} }} }}"#);
        let without = app.statements(&of("edges { cursor }")).await;
        let with = app.statements(&of("edges { cursor } totalCount")).await;
        let total = app.data(&of("totalCount")).await["stock"][field]["totalCount"].take();
        lines.push(format!("{field}: {without} {with}, {total} in all"));
    }
    app.finish().await;
    assert_snapshot!(lines.join("\n"), @r#"
    stocks: 1 2
    posts: 1 2
    searchStocks(text: "a"): 1 2
    priceHistory: 2 3, 1 in all
    sentimentRecords: 2 3, 1 in all
    news: 3 4, 1 in all
    "#);
}

#[tokio::test]
async fn nodes_come_back_in_the_order_of_their_ids() {
    let app = TestApp::start_on(NOW).await;
    build::stocks(&app.platform, &["AAPL", "MSFT"]).await;
    build::posts(&app.platform, &[build::new_post("1", "2024-03-14T15:00:00Z", "$AAPL soars")]).await;
    app.run_jobs().await;
    let admin = app.admin().await;
    let data = app
        .data_as(
            &admin,
            r#"{ a: stock(symbol: "AAPL") { id sentimentRecords { edges { node { id post { id } } } } }
                 m: stock(symbol: "MSFT") { id } jobs { edges { node { id } } } }"#,
            serde_json::json!({}),
        )
        .await;
    let record = &data["a"]["sentimentRecords"]["edges"][0]["node"];
    let gone = "U3RvY2s6MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA";
    let ids =
        [&data["m"]["id"], &record["post"]["id"], &data["jobs"]["edges"][0]["node"]["id"], &record["id"]];
    let ids =
        ids.map(|id| id.as_str().unwrap()).join(" ") + " " + gone + " " + data["a"]["id"].as_str().unwrap();
    let ids: Vec<&str> = ids.split(' ').collect();
    let nodes = format!("{{ nodes(ids: {ids:?}) {{ __typename id }} }}");
    let nodes = app.data_as(&admin, &nodes, serde_json::json!({})).await;
    let job = format!("{{ job(id: {:?}) {{ id }} }}", ids[0]);
    let job = app.graphql_as(&admin, &job, serde_json::json!({})).await;
    app.finish().await;
    let kinds: Vec<_> =
        nodes["nodes"].as_array().unwrap().iter().map(|node| node["__typename"].clone()).collect();
    assert_snapshot!(serde_json::to_string(&kinds).unwrap(), @r#"["Stock","Post","Job","SentimentRecord",null,"Stock"]"#);
    let back: Vec<_> =
        nodes["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap_or(gone)).collect();
    assert_eq!(back, ids);
    assert_snapshot!(job["errors"][0]["extensions"].to_string(), @r#"{"code":"BAD_USER_INPUT","field":"id","issue":"this is not the id of a job"}"#);
}
