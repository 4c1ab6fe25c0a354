//! One post, several stocks: each gets what is said of it, by the model that ships as the default.

use platform::config::ModelName;
use tests::{TestApp, build};

#[tokio::test]
async fn a_post_that_praises_one_and_damns_another_scores_both() {
    let app = TestApp::start_configured(|config| config.sentiment.social = ModelName::Finance).await;
    build::stocks(&app.platform, &["AAPL", "TSLA"]).await;
    let body = "$AAPL beats estimates and raises its guidance, but $TSLA is going to crash after its profit fell again";
    let published = (app.platform.clock.now() - chrono::TimeDelta::hours(1)).to_rfc3339();
    build::posts(&app.platform, &[build::new_post("both", &published, body)]).await;
    app.run_jobs().await;
    let fields = "sentimentRecords { edges { node { score label model weight } } }";
    let data = app
        .data(&format!(
            r#"{{ a: stock(symbol: "AAPL") {{ {fields} }} t: stock(symbol: "TSLA") {{ {fields} }} }}"#
        ))
        .await;
    app.finish().await;
    let record = |stock: &str| data[stock]["sentimentRecords"]["edges"][0]["node"].clone();
    let (apple, tesla) = (record("a"), record("t"));
    assert_eq!((&apple["label"], &tesla["label"]), (&"POSITIVE".into(), &"NEGATIVE".into()));
    assert_eq!(apple["model"], "finance");
    let weight = apple["weight"].as_f64().unwrap();
    assert!(weight > 0.3 && weight <= 1.0, "{weight}");
}
