//! Lists of posts.

use domain::{
    SourceKind,
    news::{ContentType, NewPost},
};
use insta::assert_snapshot;
use tests::{TestApp, build};

async fn app() -> TestApp {
    let app = TestApp::start_on("2024-03-15T12:00:00Z").await;
    build::stocks(&app.platform, &["AAPL", "MSFT"]).await;
    let day = |id: &str, day: u32, body: &str| build::new_post(id, &format!("2024-03-{day}T15:00:00Z"), body);
    let posts = [
        day("apple", 11, "$AAPL rises"),
        day("both", 12, "$AAPL and $MSFT fall"),
        NewPost {
            source: SourceKind::Reddit,
            content_type: ContentType::Comment,
            ..day("micro", 13, "$MSFT")
        },
        NewPost {
            title: Some("Headline".to_owned()),
            content_type: ContentType::Headline,
            ..day("head", 14, "")
        },
    ];
    build::posts(&app.platform, &posts).await;
    app.run_jobs().await;
    app
}

#[tokio::test]
async fn posts_are_filtered_by_what_is_given() {
    let app = app().await;
    let mut found = Vec::new();
    for filter in [
        "{}",
        r#"{ symbols: ["AAPL"] }"#,
        r#"{ symbols: ["AAPL", "MSFT"] }"#,
        r#"{ symbols: ["NONE"] }"#,
        "{ symbols: [] }",
        "{ sources: [REDDIT] }",
        "{ contentTypes: [COMMENT, HEADLINE] }",
        r#"{ publishedAfter: "2024-03-12T15:00:00Z" }"#,
        r#"{ publishedBefore: "2024-03-12T15:00:00Z" }"#,
        r#"{ publishedAfter: "2024-03-12T16:00:00+01:00", symbols: ["MSFT"] }"#,
    ] {
        let query =
            format!("{{ posts(filter: {filter}) {{ totalCount edges {{ node {{ title body }} }} }} }}");
        let data = app.data(&query).await;
        let edges = data["posts"]["edges"].as_array().unwrap().iter();
        let texts =
            edges.map(|edge| edge["node"]["title"].as_str().or(edge["node"]["body"].as_str()).unwrap());
        found.push(format!(
            "{filter} = {}: {}",
            data["posts"]["totalCount"],
            texts.collect::<Vec<_>>().join(" | ")
        ));
    }
    app.finish().await;
    assert_snapshot!(found.join("\n"), @r#"
    {} = 4: Headline | $MSFT | $AAPL and $MSFT fall | $AAPL rises
    { symbols: ["AAPL"] } = 2: $AAPL and $MSFT fall | $AAPL rises
    { symbols: ["AAPL", "MSFT"] } = 3: $MSFT | $AAPL and $MSFT fall | $AAPL rises
    { symbols: ["NONE"] } = 0: 
    { symbols: [] } = 4: Headline | $MSFT | $AAPL and $MSFT fall | $AAPL rises
    { sources: [REDDIT] } = 1: $MSFT
    { contentTypes: [COMMENT, HEADLINE] } = 2: Headline | $MSFT
    { publishedAfter: "2024-03-12T15:00:00Z" } = 2: Headline | $MSFT
    { publishedBefore: "2024-03-12T15:00:00Z" } = 2: $AAPL and $MSFT fall | $AAPL rises
    { publishedAfter: "2024-03-12T16:00:00+01:00", symbols: ["MSFT"] } = 1: $MSFT
    "#);
}

#[tokio::test]
async fn a_stock_s_news_are_the_posts_that_mention_it_newest_first() {
    let app = app().await;
    let query = r#"{ stock(symbol: "MSFT") { news { totalCount edges { node { body } } pageInfo { hasNextPage } }
        old: news(last: 1) { edges { node { body } } } recent: news(timeframe: D1) { totalCount } } }"#;
    let data = app.data(query).await;
    app.finish().await;
    assert_snapshot!(data["stock"].to_string(), @r#"{"news":{"edges":[{"node":{"body":"$MSFT"}},{"node":{"body":"$AAPL and $MSFT fall"}}],"pageInfo":{"hasNextPage":false},"totalCount":2},"old":{"edges":[{"node":{"body":"$AAPL and $MSFT fall"}}]},"recent":{"totalCount":0}}"#);
}

#[tokio::test]
async fn a_sentiment_record_leads_back_to_its_post() {
    let app = app().await;
    let query = r#"{ stock(symbol: "MSFT") { sentimentRecords(last: 1) { edges { node {
        symbol source contentType snippet url model modelVersion processedAt post { body knownAt channel } } } } } }"#;
    let data = app.data(query).await;
    app.finish().await;
    assert_snapshot!(data["stock"]["sentimentRecords"]["edges"][0]["node"].to_string(), @r#"{"contentType":"POST","model":"vader","modelVersion":"3.3.2","post":{"body":"$AAPL and $MSFT fall","channel":null,"knownAt":"2024-03-12T15:00:00+00:00"},"processedAt":"2024-03-15T12:00:00+00:00","snippet":"$AAPL and $MSFT fall","source":"FILE","symbol":"MSFT","url":null}"#);
}
