//! Reading a subreddit by hand.

use super::{Desk, article};
use domain::SourceKind;
use serde_json::json;
use tests::{Article, person::error_code};

const SCRAPE: &str = "mutation ($name: String!) { scrapeSubreddit(input: { subreddit: $name }) {
    job { id kind scrape { saved } } } }";
const JOB: &str = "query ($id: ID!) { job(id: $id) { state scrape { subreddit saved skipped failed } } }";

#[tokio::test]
async fn what_is_new_known_and_gone_is_counted() {
    let desk = Desk::open(&[SourceKind::Reddit]).await;
    let admin = desk.app.admin().await;
    let publish = |id: &str, body: &str, title: &str| {
        let mut one =
            Article { publisher: "stocks".to_owned(), url: String::new(), ..article(&desk, id, "AAPL", 900) };
        (one.body, one.title) = (body.to_owned(), title.to_owned());
        desk.vendors.publish("reddit", one);
    };
    publish("t3_a", "Text", "Title");
    publish("t3_b", "[removed]", "[removed]");
    let mut found = Vec::new();
    for _ in 0..2 {
        let asked = desk.app.data_as(&admin, SCRAPE, json!({ "name": "r/stocks" })).await;
        desk.drain(&desk.worker(), "news.scrape_subreddit").await;
        let job = &asked["scrapeSubreddit"]["job"];
        assert_eq!((&job["kind"], &job["scrape"]), (&json!("news.scrape_subreddit"), &json!(null)));
        found.push(desk.app.data_as(&admin, JOB, json!({ "id": job["id"] })).await["job"].take());
        publish("t3_c", "More", "Title");
    }
    let bad = desk.app.graphql_as(&admin, SCRAPE, json!({ "name": "no name" })).await;
    desk.app.discard().await;
    let result = |saved, skipped| {
        json!({ "state": "COMPLETED",
        "scrape": { "subreddit": "stocks", "saved": saved, "skipped": skipped, "failed": 1 } })
    };
    assert_eq!(found, [result(1, 0), result(1, 1)]);
    assert_eq!(error_code(&bad), "BAD_USER_INPUT");
}

#[tokio::test]
async fn the_sixth_within_an_hour_is_refused_and_users_always() {
    let desk = Desk::open(&[SourceKind::Reddit]).await;
    let admin = desk.app.admin().await;
    let user = desk.app.person("user", domain::identity::Role::User).await;
    let mut codes = Vec::new();
    for name in ["aa", "bb", "cc", "dd", "ee", "ff"] {
        let answer = desk.app.graphql_as(&admin, SCRAPE, json!({ "name": name })).await;
        codes.push(answer.get("errors").map(|_| error_code(&answer).to_owned()));
    }
    let user = desk.app.graphql_as(&user, SCRAPE, json!({ "name": "aa" })).await;
    desk.app.discard().await;
    assert_eq!(codes[..5], [const { None }; 5]);
    assert_eq!(codes[5].as_deref(), Some("RATE_LIMITED"));
    assert_eq!(error_code(&user), "FORBIDDEN");
}
