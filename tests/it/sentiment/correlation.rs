//! Correlation against sums and closed forms written down here.

use domain::{
    Knowledge, SourceKind,
    market::{NewBar, price},
    news::NewPost,
};
use serde_json::{Value, json};
use tests::{TestApp, build};

const DAYS: [&str; 6] = ["03-08", "03-11", "03-12", "03-13", "03-14", "03-15"];
const CLOSES: [f64; 6] = [100.0, 103.0, 101.0, 104.0, 104.5, 99.0];
/// VADER's scores of `MOODS`.
const SCORES: [f64; 6] = [-0.5423, 0.4404, 0.6249, 0.0, -0.4767, 0.4215];
const MOODS: [&str; 6] = ["bad", "good", "great", "there", "terrible", "true"];

async fn app() -> TestApp {
    let app = TestApp::start_on("2024-03-15T22:00:00Z").await;
    // Traded prices that halve by a split: only the adjusted ones make sense.
    let bar = |n: usize| NewBar {
        close: build::amount(if n < 3 { 2.0 * CLOSES[n] } else { CLOSES[n] }),
        high: None,
        low: None,
        open: None,
        ..build::bar("AAPL", &format!("2024-{}", DAYS[n]), CLOSES[n])
    };
    build::bars(&app.platform, &[0, 1, 2, 3, 4, 5].map(bar)).await;
    let post = |n: usize| {
        let time = format!("2024-{}T15:00:00Z", DAYS[n]);
        build::new_post(DAYS[n], &time, &format!("$AAPL is {}", MOODS[n]))
    };
    build::posts(&app.platform, &[0, 1, 2, 3, 4, 5].map(post)).await;
    app.run_jobs().await;
    app
}

async fn correlation(app: &TestApp, symbol: &str, arguments: &str) -> Value {
    let fields = "r n pValue confidenceInterval95 lagDays strength";
    let query = format!(r#"{{ stock(symbol: "{symbol}") {{ correlation{arguments} {{ {fields} }} }} }}"#);
    app.data(&query).await["stock"]["correlation"].take()
}

/// (n Σxy − Σx Σy) / √((n Σx² − (Σx)²)(n Σy² − (Σy)²)).
fn pearson(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    let sum = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
    let (x, y, xy) = (sum(|(x, _)| *x), sum(|(_, y)| *y), sum(|(x, y)| x * y));
    let (xx, yy) = (sum(|(x, _)| x * x), sum(|(_, y)| y * y));
    (n * xy - x * y) / ((n * xx - x * x) * (n * yy - y * y)).sqrt()
}

/// Two-sided tail of Student's t with 3 or 2 degrees of freedom, which have closed forms.
fn p_value(r: f64, n: usize) -> f64 {
    let freedom = (n - 2) as f64;
    let t = r.abs() * (freedom / (1.0 - r * r)).sqrt();
    let below = match n {
        5 => {
            let scaled = t / 3.0_f64.sqrt();
            0.5 + (scaled / (1.0 + t * t / 3.0) + scaled.atan()) / std::f64::consts::PI
        }
        4 => 0.5 + t / (2.0 * (2.0 + t * t).sqrt()),
        _ => unreachable!(),
    };
    2.0 * (1.0 - below)
}

fn returns() -> Vec<f64> {
    CLOSES.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect()
}

#[track_caller]
fn check(found: &Value, pairs: &[(f64, f64)]) {
    let r = pearson(pairs);
    let close = |found: &Value, expected: f64| {
        let found = found.as_f64().unwrap();
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    };
    assert_eq!(found["n"], pairs.len());
    close(&found["r"], r);
    close(&found["pValue"], p_value(r, pairs.len()));
    let half = 1.959_963_984_540_054 / (pairs.len() as f64 - 3.0).sqrt();
    close(&found["confidenceInterval95"][0], (r.atanh() - half).tanh());
    close(&found["confidenceInterval95"][1], (r.atanh() + half).tanh());
}

#[tokio::test]
async fn sentiment_goes_with_the_return_of_its_own_session() {
    let app = app().await;
    let found = correlation(&app, "AAPL", "").await;
    app.finish().await;
    // The first session has a score but no return.
    let pairs: Vec<_> = SCORES[1..].iter().copied().zip(returns()).collect();
    check(&found, &pairs);
    assert_eq!(found["lagDays"], 0);
}

#[tokio::test]
async fn with_a_positive_lag_sentiment_leads() {
    let app = app().await;
    let found = correlation(&app, "AAPL", "(lagDays: 1)").await;
    app.finish().await;
    let pairs: Vec<_> = SCORES.iter().copied().zip(returns()).collect();
    check(&found, &pairs);
    assert_eq!(found["lagDays"], 1);
}

#[tokio::test]
async fn with_a_negative_lag_the_price_leads() {
    let app = app().await;
    let found = correlation(&app, "AAPL", "(lagDays: -1)").await;
    app.finish().await;
    let pairs: Vec<_> = SCORES[2..].iter().copied().zip(returns()).collect();
    check(&found, &pairs);
}

#[tokio::test]
async fn fewer_than_three_pairs_or_a_constant_side_have_no_r() {
    let app = app().await;
    let days = ["2024-03-11", "2024-03-12", "2024-03-13", "2024-03-14", "2024-03-15"];
    build::bars(&app.platform, &days.map(|day| build::bar("MSFT", day, 50.0))).await;
    let posts = days.map(|day| build::new_post(day, &format!("{day}T15:00:00Z"), "$MSFT is good"));
    build::posts(&app.platform, &posts).await;
    app.run_jobs().await;
    let two = correlation(&app, "AAPL", "(lagDays: 4)").await;
    let none = correlation(&app, "AAPL", "(lagDays: 60)").await;
    let constant = correlation(&app, "MSFT", "").await;
    let three = correlation(&app, "AAPL", "(lagDays: 3)").await;
    app.finish().await;
    for (found, n) in [(two, 2), (none, 0), (constant, 4)] {
        assert_eq!(found["n"], n);
        assert_eq!(found["strength"], "UNDEFINED");
        for name in ["r", "pValue", "confidenceInterval95"] {
            assert_eq!(found[name], Value::Null, "{name} of {n} pairs");
        }
    }
    // Three pairs have an r, but no interval.
    assert_eq!((&three["n"], &three["confidenceInterval95"]), (&Value::from(3), &Value::Null));
    assert!(three["r"].is_f64());
}

#[tokio::test]
async fn the_strength_is_the_size_of_r_in_a_word() {
    let app = app().await;
    let mut words = Vec::new();
    for lag in -2..=3 {
        let found = correlation(&app, "AAPL", &format!("(lagDays: {lag})")).await;
        let r = found["r"].as_f64().unwrap().abs();
        let expected = match r {
            _ if r >= 0.5 => "STRONG",
            _ if r >= 0.3 => "MODERATE",
            _ if r >= 0.1 => "WEAK",
            _ => "NONE",
        };
        assert_eq!(found["strength"], expected, "{r}");
        words.push(expected);
    }
    app.finish().await;
    words.dedup();
    assert!(words.len() > 1, "every lag is {words:?}: the test shows nothing");
}

#[tokio::test]
async fn where_there_are_real_rows_simulated_ones_do_not_count() {
    let app = app().await;
    let query = r#"{ stock(symbol: "AAPL") { correlation { r n sources } sentiment { mean count sources }
        sentimentSeries(timeframe: D30) { sources } } }"#;
    let before = app.data(query).await;
    let bar = build::bar("AAPL", "2024-03-07", 500.0);
    price::store(&app.platform, &[bar], SourceKind::Simulated, Knowledge::Historical).await.unwrap();
    let time = "2024-03-14T16:00:00Z";
    let post = NewPost { source: SourceKind::Simulated, ..build::new_post("sim", time, "$AAPL is horrible") };
    build::posts(&app.platform, &[post]).await;
    app.run_jobs().await;
    assert_eq!(app.data(query).await, before);
    let stock = &before["stock"];
    assert_eq!(
        (&stock["correlation"]["sources"], &stock["sentiment"]["sources"]),
        (&json!(["FILE"]), &json!(["FILE"]))
    );
    assert!(
        stock["sentimentSeries"].as_array().unwrap().iter().all(|point| point["sources"] == json!(["FILE"]))
    );
    let named = r#"{ stock(symbol: "AAPL") { sentiment(sources: [SIMULATED]) { count sources } } }"#;
    let simulated = &app.data(named).await["stock"]["sentiment"];
    assert_eq!(*simulated, json!({ "count": 1, "sources": ["SIMULATED"] }));
    app.finish().await;
}
