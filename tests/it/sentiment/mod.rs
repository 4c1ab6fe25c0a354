//! Scores: which day they belong to, what they add up to, how they go with prices, and what moves them.

mod alignment;
mod correlation;
mod evaluation;
mod finbert;
mod model;
mod quality;
mod robust;
mod scope;
mod series;
mod summary;

use tests::{TestApp, build};
use worker::sentiment::models::Models;

/// A product that scores by `models`.
async fn scoring_by(models: &Models) -> TestApp {
    TestApp::start_configured(|product| {
        product.sentiment = models.sentiment.clone();
        product.models = models.config.clone();
    })
    .await
}

/// Stores a post that says `words`, scores it, and tells by which model and label.
async fn scored(app: &TestApp, step: &str, words: &str) -> String {
    let published = (app.platform.clock.now() - chrono::TimeDelta::hours(1)).to_rfc3339();
    let post = build::new_post(step, &published, &format!("$AAPL {words}, {step}"));
    build::posts(&app.platform, &[post]).await;
    app.worker().drain(None).await.unwrap();
    let data = app.data("{ posts { edges { node { body sentiment { model label } } } } }").await;
    let edges = data["posts"]["edges"].as_array().unwrap();
    let edge = edges.iter().find(|edge| edge["node"]["body"].as_str().unwrap().ends_with(step)).unwrap();
    let text = |name: &str| edge["node"]["sentiment"][name].as_str().unwrap().to_owned();
    format!("{step}: {} {}", text("model"), text("label"))
}
