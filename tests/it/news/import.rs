//! Files of posts into the tables, and out again.

use insta::assert_snapshot;
use std::fmt::Write as _;
use tempfile::TempDir;
use tests::{TestApp, build, file};
use worker::{export::Export, import::Table};

const NOW: &str = "2024-03-15T12:00:00Z";

#[tokio::test]
async fn a_file_s_posts_get_mentions_and_scores() {
    let app = TestApp::start_on(NOW).await;
    build::stocks(&app.platform, &["AAPL", "TSLA"]).await;
    let folder = TempDir::new().unwrap();
    let lines = r#"{"id":"1","created_utc":1710336600,"title":"Great quarter","selftext":"<b>$AAPL</b> beats $TSLA, $AAPL again!","subreddit":"stocks","permalink":"/r/stocks/1/","score":12,"num_comments":3,"upvote_ratio":0.9,"author":"jane"}
{"id":"2","created_utc":1710336700,"title":"","selftext":"[removed]"}
{"id":"3","created_utc":1710336800,"title":"Nothing to see","selftext":""}"#;
    let imported = app.import(Table::Posts, &file(&folder, "posts.jsonl", lines)).await;
    assert_eq!((imported.stored, imported.rejected_count()), (2, 1));
    let fields = "title body channel url votes commentCount upvoteRatio contentType source publishedAt
                  sentiment { score label model } mentions { kind start end occurrences stock { symbol } }";
    let query = format!("{{ posts {{ edges {{ node {{ {fields} }} }} }} }}");
    let unscored = app.data(&query).await["posts"]["edges"][1]["node"].take();
    assert!(unscored["sentiment"].is_null() && unscored["mentions"] == serde_json::json!([]));
    app.run_jobs().await;
    let data = app.data(&query).await;
    app.finish().await;
    assert_snapshot!(data["posts"]["edges"][1]["node"].to_string(), @r#"{"body":"<b>$AAPL</b> beats $TSLA, $AAPL again!","channel":"stocks","commentCount":3,"contentType":"POST","mentions":[{"end":19,"kind":"CASHTAG","occurrences":2,"start":14,"stock":{"symbol":"AAPL"}},{"end":31,"kind":"CASHTAG","occurrences":1,"start":26,"stock":{"symbol":"TSLA"}}],"publishedAt":"2024-03-13T13:30:00+00:00","sentiment":{"label":"POSITIVE","model":"vader","score":0.6588},"source":"FILE","title":"Great quarter","upvoteRatio":0.9,"url":"https://www.reddit.com/r/stocks/1/","votes":12}"#);
    assert_snapshot!(data["posts"]["edges"][0]["node"].to_string(), @r#"{"body":"","channel":null,"commentCount":null,"contentType":"POST","mentions":[],"publishedAt":"2024-03-13T13:33:20+00:00","sentiment":{"label":"NEUTRAL","model":"vader","score":0.0},"source":"FILE","title":"Nothing to see","upvoteRatio":null,"url":null,"votes":null}"#);
}

#[tokio::test]
async fn what_only_one_of_the_databases_would_take_is_the_same_on_both() {
    let app = TestApp::start_on(NOW).await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let folder = TempDir::new().unwrap();
    let long = "x".repeat(300);
    let lines = format!(
        "{{\"id\":\"nul\",\"created_utc\":1710336600,\"selftext\":\"$AAPL a\\u0000b\"}}\n\
         {{\"id\":\"long channel\",\"created_utc\":1710336600,\"selftext\":\"$AAPL\",\"subreddit\":\"{long}\"}}\n\
         {{\"id\":\"long title\",\"created_utc\":1710336600,\"title\":\"{long}\",\"selftext\":\"$AAPL\"}}\n\
         {{\"id\":\"long url\",\"created_utc\":1710336600,\"selftext\":\"$AAPL\",\"url\":\"https://{long}{long}\"}}\n\
         {{\"id\":\"emoji\",\"created_utc\":1710336600,\"selftext\":\"$AAPL 🚀\\ud83d\\ude80\"}}\n"
    );
    let imported = app.import(Table::Posts, &file(&folder, "posts.jsonl", &lines)).await;
    app.run_jobs().await;
    let data = app.data("{ posts { totalCount } }").await;
    let list = "symbol,name,exchange\nAAPL,Apple,".to_owned() + &long + "\nMSFT,Microsoft,NASDAQ\n";
    let list = app.import(Table::Stocks, &file(&folder, "list.csv", &list)).await;
    app.finish().await;
    let rejected: Vec<String> = imported.rejected.keys().map(ToString::to_string).collect();
    assert_eq!((imported.stored, rejected), (4, vec!["NUL in a text".to_owned()]));
    assert_eq!(data["posts"]["totalCount"], 4);
    assert_eq!((list.stored, list.revised, list.rejected_count()), (1, 1, 0));
}

#[tokio::test]
async fn a_second_import_changes_nothing() {
    let app = TestApp::start_on(NOW).await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "posts.csv", "created_at,text\n2024-03-14,$AAPL up\n2024-03-14,$AAPL down\n");
    let first = app.import(Table::Posts, &path).await;
    app.run_jobs().await;
    let second = app.import(Table::Posts, &path).await;
    app.run_jobs().await;
    let data = app.data(r#"{ posts { totalCount } stock(symbol: "AAPL") { sentiment { count } } }"#).await;
    app.finish().await;
    assert_eq!((first.stored, second.stored, second.unchanged), (2, 0, 2));
    assert_snapshot!(data.to_string(), @r#"{"posts":{"totalCount":2},"stock":{"sentiment":{"count":2}}}"#);
}

#[tokio::test]
async fn a_killed_import_of_posts_is_resumed_and_every_post_scored_once() {
    let app = TestApp::start_on(NOW).await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let folder = TempDir::new().unwrap();
    let mut rows = "id,created_at,text\n".to_owned();
    for number in 0..5_200 {
        writeln!(
            rows,
            "{number},2024-03-14T15:00:00Z,{} {number}",
            if number % 100 == 0 { "$AAPL" } else { "x" }
        )
        .unwrap();
    }
    let path = file(&folder, "posts.csv", &rows);
    assert_eq!(app.import_killed(Table::Posts, &path).await, 5_000);
    app.run_jobs().await;
    let resumed = app.import(Table::Posts, &path).await;
    app.run_jobs().await;
    let data = app.data(r#"{ posts { totalCount } stock(symbol: "AAPL") { sentiment { count } } }"#).await;
    app.finish().await;
    assert_eq!((resumed.stored, resumed.unchanged), (200, 5_000));
    assert_snapshot!(data.to_string(), @r#"{"posts":{"totalCount":5200},"stock":{"sentiment":{"count":52}}}"#);
}

#[tokio::test]
async fn exports_of_posts_and_stocks_can_be_imported_and_say_the_same_again() {
    let app = TestApp::start_on(NOW).await;
    let folder = TempDir::new().unwrap();
    let list = "symbol,name,exchange,sector,industry,kind\nAAPL,\"Apple, \"\"Inc.\"\"\",NASDAQ,Technology,,\nSPY,SPDR,ARCA,,,INDEX_FUND\n";
    app.import(Table::Stocks, &file(&folder, "list.csv", list)).await;
    let rows = "id,created_at,title,text,score,num_comments,upvote_ratio,subreddit,url,content_type\n\
                a,2024-03-14T15:00:00.123456Z,\"Title, quoted\",\"two\nlines of $AAPL\",-3,4,0.25,stocks,https://a.b/c,COMMENT\n\
                b,2024-03-13T15:00:00Z,,bare $SPY,,,,,,\n\
                c,2024-03-12T15:00:00Z,only a title of AAPL,,,,,,,HEADLINE\n";
    app.import(Table::Posts, &file(&folder, "posts.csv", rows)).await;
    app.run_jobs().await;
    let other = TestApp::start_on(NOW).await;
    for (what, table) in [(Export::Stocks, Table::Stocks), (Export::Posts, Table::Posts)] {
        let first = app.export(what).await;
        let path = file(&folder, "out.csv", &first);
        let same = app.import(table, &path).await;
        assert_eq!((same.stored, same.revised, same.rejected_count()), (0, 0, 0), "{what:?}");
        other.import(table, &path).await;
        assert_eq!(other.export(what).await, first, "{what:?}");
    }
    other.run_jobs().await;
    let scores = other.export(Export::Sentiment).await;
    assert_eq!(scores, app.export(Export::Sentiment).await);
    app.finish().await;
    other.finish().await;
    assert_snapshot!(scores, @r#"
    symbol,published_at,session_day,source,content_type,score,label,confidence,model,model_version,url,snippet
    AAPL,2024-03-12T15:00:00+00:00,2024-03-12,FILE,HEADLINE,0,NEUTRAL,1,vader,3.3.2,,only a title of AAPL
    SPY,2024-03-13T15:00:00+00:00,2024-03-13,FILE,POST,0,NEUTRAL,1,vader,3.3.2,,bare $SPY
    AAPL,2024-03-14T15:00:00.123456+00:00,2024-03-14,FILE,COMMENT,0,NEUTRAL,1,vader,3.3.2,https://a.b/c,"Title, quoted two lines of $AAPL"
    "#);
}
