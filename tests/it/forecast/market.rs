//! A market long enough to learn from, and models that learned from it.

use chrono::Days;
use domain::{
    SourceKind,
    forecast::{
        Artefacts,
        model::{Kind, Row},
        training::{Asked, Request, train},
    },
    identity::Role,
    market::NewBar,
    news::NewPost,
};
use platform::calendar::Calendar;
use serde_json::{Value, json};
use tests::{Person, TestApp, build};
use tokio::sync::watch;

/// After the close of Wednesday, 13 March 2024.
pub const THEN: &str = "2024-03-13T20:30:00Z";
pub const FIRST: &str = "2022-11-01";
pub const SYMBOLS: [&str; 3] = ["AAPL", "MSFT", "NVDA"];

/// Sessions until `THEN` with prices that wander, and a post a day about the first stock since February.
pub async fn make(app: &TestApp) {
    fill(app, 0.0).await;
}

/// The same with prices of which half of each move is taken back the next day: there is something to learn.
pub async fn make_learnable(app: &TestApp) {
    fill(app, 0.5).await;
}

async fn fill(app: &TestApp, taken_back: f64) {
    build::stocks(&app.platform, &SYMBOLS).await;
    let sessions: Vec<_> =
        Calendar::new_york().sessions(build::day(FIRST), build::day("2024-03-13")).collect();
    let (mut bars, mut posts) = (Vec::new(), Vec::new());
    for (n, symbol) in SYMBOLS.into_iter().enumerate() {
        let (mut price, mut last, mut chance) = (100.0, 0.0, 12_345_u64 + n as u64);
        for (day, session) in sessions.iter().enumerate() {
            // Three draws make it look like a bell.
            let draws: f64 = (0..3).map(|_| draw(&mut chance)).sum();
            last = 0.01 * draws - taken_back * last;
            price *= 1.0 + last;
            let volume = Some(i64::try_from(1_000 + day * 37 % 500).unwrap());
            bars.push(NewBar { volume, ..build::bar(symbol, &session.day.to_string(), price) });
            if n == 0 && session.day >= build::day("2024-02-01") {
                let text = format!("${symbol} great gains on {}", session.day);
                let id = format!("{symbol}{}", session.day);
                let post = build::new_post(&id, &format!("{}T15:10:00Z", session.day), &text);
                posts.push(NewPost { source: SourceKind::Reddit, ..post });
            }
        }
    }
    build::bars(&app.platform, &bars).await;
    build::posts(&app.platform, &posts).await;
    app.run_jobs().await;
}

/// From -1 to 1 (Knuth's linear congruential generator).
fn draw(chance: &mut u64) -> f64 {
    *chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*chance >> 33) as f64 / f64::from(1_u32 << 30) - 1.0
}

/// The next session's bar of each stock, at its close.
pub async fn next_day(app: &TestApp, prices: [f64; 3]) {
    let calendar = Calendar::new_york();
    let today = app.platform.clock.now().date_naive();
    let session = calendar.next_session(today.checked_add_days(Days::new(1)).unwrap());
    app.platform.clock.set(session.close + chrono::TimeDelta::minutes(30));
    let bar = |(symbol, price): (&str, f64)| build::bar(symbol, &session.day.to_string(), price);
    let bars: Vec<_> = SYMBOLS.into_iter().zip(prices).map(bar).collect();
    build::bars(&app.platform, &bars).await;
}

/// A small model of the whole market.
pub fn request(kind: Kind, seed: u32) -> Request {
    Request {
        symbols: SYMBOLS.map(build::symbol).to_vec(),
        folds: 2,
        rounds: Some(3),
        seed,
        ..Request::new(kind, 1, build::day(FIRST))
    }
}

pub async fn trained(app: &TestApp, seed: u32) -> Row {
    let artefacts = Artefacts::new(&app.platform, &app.config.models);
    let progress = watch::channel(None).0;
    train(&app.platform, &artefacts, &request(Kind::Trees, seed), progress, Asked::default()).await.unwrap()
}

/// Promotes a model against all objections; an error's code and message if it could not be.
pub async fn promote(app: &TestApp, admin: &Person, id: &Value, stage: &str) -> Value {
    let mutation =
        "mutation ($input: PromoteModelInput!) { promoteModel(input: $input) { model { id stage name } } }";
    let input = json!({ "id": id, "stage": stage, "reason": "a test" });
    app.data_as(admin, mutation, json!({ "input": input })).await["promoteModel"]["model"].clone()
}

/// The ids of all models, newest first.
pub async fn ids(app: &TestApp) -> Vec<Value> {
    let data = app.data("{ models { edges { node { id } } } }").await;
    data["models"]["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].clone()).collect()
}

/// A market with a model in production, and the administrator who put it there.
pub async fn with_model(app: &TestApp) -> Person {
    make(app).await;
    trained(app, 0).await;
    let admin = app.admin().await;
    promote(app, &admin, &ids(app).await[0], "PRODUCTION").await;
    admin
}

pub const PREDICT: &str = "mutation ($input: PredictInput!) { predict(input: $input) { prediction {
    id symbol horizon day targetDay basePrice price interval95 { low high } interval99 { low high }
    quantiles { level change } probabilityUp confidence signal risk volatility
    contributions { feature value } model { name stage } modelVersion isShadow outcome { price }
    madeAt sequence hash disclaimer lineage { snapshot { id postCount } } } } }";

/// Someone who is signed in now: tokens last minutes.
pub async fn someone(app: &TestApp) -> Person {
    app.person(&format!("p{}", app.platform.clock.now().timestamp()), Role::User).await
}

pub async fn predict(app: &TestApp, person: &Person, symbol: &str) -> Value {
    let input = json!({ "input": { "symbol": symbol } });
    app.data_as(person, PREDICT, input).await["predict"]["prediction"].clone()
}
