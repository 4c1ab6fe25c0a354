//! Forgetting what people wrote.

use domain::{
    SourceKind,
    news::{ErasePosts, NewPost},
};
use serde_json::json;
use tests::{TestApp, build};

#[tokio::test]
async fn the_texts_of_old_posts_go_and_their_scores_stay() {
    let app = TestApp::start_on("2024-03-15T12:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let post = |id: &str, time: &str, source| {
        let post = build::new_post(id, time, "$AAPL is great");
        NewPost { source, url: Some(format!("https://example.org/{id}")), ..post }
    };
    let posts = [
        post("old", "2023-12-16T11:59:59Z", SourceKind::Reddit),
        post("young", "2023-12-16T12:00:01Z", SourceKind::Reddit),
        post("own", "2023-12-01T12:00:00Z", SourceKind::File),
    ];
    build::posts(&app.platform, &posts).await;
    app.run_jobs().await;
    let query = r#"{ stock(symbol: "AAPL") { sentiment(timeframe: ALL) { count mean }
        sentimentRecords(timeframe: ALL, sources: [REDDIT, FILE]) { edges { node { score snippet url
            post { body url erasedAt } } } } } }"#;
    let before = app.data(query).await["stock"].take();
    for _ in 0..2 {
        jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &ErasePosts {}).await.unwrap();
        app.run_jobs().await;
    }
    let after = app.data(query).await["stock"].take();
    app.finish().await;
    assert_eq!(before["sentiment"], after["sentiment"]);
    let (was, is) = (&before["sentimentRecords"]["edges"], &after["sentimentRecords"]["edges"]);
    let erased = json!({ "score": was[1]["node"]["score"], "snippet": null, "url": null,
        "post": { "body": "", "url": null, "erasedAt": "2024-03-15T12:00:00+00:00" } });
    assert_eq!((&is[0], &is[1]["node"], &is[2]), (&was[0], &erased, &was[2]));
}
