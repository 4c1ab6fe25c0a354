//! What posts are worth.

use domain::news::NewPost;
use tests::{TestApp, build};

fn post(id: &str, body: &str, votes: i32, ratio: f64) -> NewPost {
    NewPost {
        votes: Some(votes),
        comment_count: Some(votes / 2),
        upvote_ratio: Some(ratio),
        ..build::new_post(id, "2024-03-14T15:00:00Z", body)
    }
}

const LONG: &str = "$AAPL reported what we all expected: services grew by a tenth, margins held, and the new phone sells \
    well in China. I went through the filing tonight and found little to worry about, besides the usual currency \
    effects and a tax case that has been going on for years. Holding what I have, and adding a bit below.";

async fn app() -> TestApp {
    let app = TestApp::start_on("2024-03-14T21:00:00Z").await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let posts = [
        post("essay", LONG, 900, 0.97),
        post("word", "$AAPL up", 3, 0.6),
        post(
            "spam",
            "🚀🚀🚀🚀🚀🚀🚀🚀 $AAPL BUY NOW GUARANTEED 100X DM ME FREE SIGNALS JOIN MY DISCORD",
            1,
            0.2,
        ),
    ];
    build::posts(&app.platform, &posts).await;
    app.run_jobs().await;
    app
}

#[tokio::test]
async fn poor_posts_are_rated_but_not_scored() {
    let app = app().await;
    let data = app
        .data(
            "{ posts { edges { node { body quality { total tier isQuality isBrigaded } sentiment { score } } } } }",
        )
        .await;
    let edges = data["posts"]["edges"].as_array().unwrap();
    let find = |start: &str| {
        let found = edges.iter().find(|edge| edge["node"]["body"].as_str().unwrap().starts_with(start));
        found.unwrap()["node"].clone()
    };
    let (essay, spam) = (find("$AAPL reported"), find("🚀"));
    assert_eq!(
        (&essay["quality"]["tier"], &essay["quality"]["isQuality"]),
        (&"EXCELLENT".into(), &true.into())
    );
    assert!(essay["sentiment"]["score"].is_number());
    assert_eq!((&spam["quality"]["tier"], &spam["quality"]["isBrigaded"]), (&"POOR".into(), &true.into()));
    assert!(spam["sentiment"].is_null());
    let records = app.data(r#"{ stock(symbol: "AAPL") { sentiment { count } } }"#).await;
    assert_eq!(records["stock"]["sentiment"]["count"], 2);
    app.finish().await;
}

#[tokio::test]
async fn analytics_add_up() {
    let app = app().await;
    let fields = "total meanQuality highPercent lowPercent tiers { tier count positive neutral negative meanScore } \
        topStocks { symbol posts meanQuality } byDay { day count meanQuality }";
    let found = app.data(&format!("{{ qualityAnalytics {{ {fields} }} }}")).await["qualityAnalytics"].take();
    assert_eq!(found["total"], 3);
    let tiers = found["tiers"].as_array().unwrap();
    let counts: i64 = tiers.iter().map(|tier| tier["count"].as_i64().unwrap()).sum();
    assert_eq!((tiers.len(), counts), (4, 3));
    assert_eq!(
        (&tiers[0]["tier"], &tiers[0]["count"], &tiers[0]["positive"]),
        (&"POOR".into(), &1.into(), &0.into())
    );
    let shares = found["highPercent"].as_f64().unwrap() + found["lowPercent"].as_f64().unwrap();
    assert!((shares - 100.0).abs() < 1e-9);
    assert_eq!(found["topStocks"][0]["symbol"], "AAPL");
    let days = found["byDay"].as_array().unwrap();
    assert_eq!((days.len(), &days[6]["day"], &days[6]["count"]), (7, &"2024-03-14".into(), &3.into()));
    assert_eq!((&days[0]["count"], days[0]["meanQuality"].is_null()), (&0.into(), true));

    let empty = app.data("{ qualityAnalytics(hours: 1) { total meanQuality highPercent } }").await;
    assert_eq!(
        empty["qualityAnalytics"],
        serde_json::json!({ "total": 0, "meanQuality": null, "highPercent": null })
    );
    let wrong = app.graphql("{ qualityAnalytics(hours: 0) { total } }", serde_json::json!({})).await;
    assert_eq!(wrong["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    app.finish().await;
}
