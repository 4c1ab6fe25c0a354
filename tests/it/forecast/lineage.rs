//! From a prediction to its posts, and back.

use super::market::{THEN, predict, with_model};
use chrono::Days;
use domain::{
    admin::CleanUp,
    forecast::{scoreboard, snapshot},
    news::ErasePosts,
};
use serde_json::{Value, json};
use tests::{TestApp, build};

#[tokio::test]
async fn a_prediction_names_its_posts_and_each_post_its_predictions_even_once_it_is_erased() {
    let app = TestApp::start_on(THEN).await;
    let admin = with_model(&app).await;
    let keep =
        "mutation { updateStorageSettings(input: { postDays: 1000 }) { storageSettings { postDays } } }";
    app.data_as(&admin, keep, json!({})).await;
    let made = predict(&app, &admin, "AAPL").await;
    let quiet = predict(&app, &admin, "MSFT").await;
    let node = "query ($id: ID!) { node(id: $id) { ... on Prediction { hash lineage { snapshot { id checksum postCount }
        posts { weight post { id body publishedAt } } } } } }";
    let back = "query ($id: ID!) { node(id: $id) { ... on Post { body influencedPredictions { weight prediction { id } } } } }";
    let ask =
        async |query: &str, id: &Value| app.graphql(query, json!({ "id": id })).await["data"]["node"].take();
    let there = ask(node, &made["id"]).await;
    let posts = there["lineage"]["posts"].as_array().unwrap().clone();
    let and_back = ask(back, &posts[0]["post"]["id"]).await;
    let silent = ask(node, &quiet["id"]).await;
    app.platform.clock.set(build::time(THEN).checked_add_days(Days::new(100)).unwrap());
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &ErasePosts {}).await.unwrap();
    app.run_jobs().await;
    let erased = ask(back, &posts[0]["post"]["id"]).await;
    let id = there["lineage"]["snapshot"]["id"].as_str().unwrap().parse().unwrap();
    let again = snapshot::remake(app.platform.db.connection(), id).await.unwrap();
    let verdict = scoreboard::verify(&app.platform.db).await.unwrap();
    app.platform.clock.set(build::time("2044-03-13T20:30:00Z"));
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &CleanUp {}).await.unwrap();
    app.run_jobs().await;
    let later = ask(node, &made["id"]).await;
    app.finish().await;
    assert_eq!(posts.len(), 5, "one a day: {posts:?}");
    for post in &posts {
        assert!((post["weight"].as_f64().unwrap() - 0.2).abs() < 1e-12);
        assert!(post["post"]["publishedAt"].as_str().unwrap() >= "2024-03-07", "{post}");
    }
    assert_eq!(
        and_back["influencedPredictions"],
        json!([{ "weight": 0.2, "prediction": { "id": made["id"] } }])
    );
    assert_eq!(silent["lineage"]["posts"], json!([]));
    assert_eq!(
        (&erased["body"], &erased["influencedPredictions"]),
        (&json!(""), &and_back["influencedPredictions"])
    );
    assert_eq!(again.row.checksum, there["lineage"]["snapshot"]["checksum"].as_str().unwrap());
    assert_eq!(verdict, scoreboard::Verdict::Intact(2));
    // Posts whose time is over are gone; what was said stays.
    assert_eq!((&later["hash"], &later["lineage"]["posts"]), (&there["hash"], &json!([])));
}
