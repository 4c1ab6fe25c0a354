use super::{Parameters, State, VENDOR_KEY, answer, has};
use axum::{
    Json,
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

/// At most so many articles of an answer.
const MOST: usize = 250;

fn refused(state: &State, headers: &HeaderMap) -> Option<Response> {
    let limit = json!({ "error": "API limit reached. Please try again later. Remaining Limit: 0" });
    let wrong = || answer(401, json!({ "error": "Invalid API key" }));
    let moody = state.moody((429, limit));
    moody.or_else(|| (!has(headers, "x-finnhub-token", VENDOR_KEY)).then(wrong))
}

pub(super) async fn quote(state: State, headers: HeaderMap, query: Parameters) -> Response {
    if let Some(refused) = refused(&state, &headers) {
        return refused;
    }
    let known = state.world.lock().unwrap().quotes.get(&query["symbol"]).copied();
    let quote = match known {
        Some((c, time)) => json!({ "c": c, "d": 2.29, "dp": 0.8826, "h": c + 1.0, "l": c - 1.0, "o": c,
            "pc": c - 2.0, "t": time.timestamp() }),
        None if query["symbol"] == "AAPL" => json!({ "c": 261.74, "d": 2.29, "dp": 0.8826, "h": 263.31,
            "l": 260.68, "o": 261.07, "pc": 259.45, "t": 1_582_641_000 }),
        None => json!({ "c": 0, "d": null, "dp": null, "h": 0, "l": 0, "o": 0, "pc": 0, "t": 0 }),
    };
    ([("X-Ratelimit-Remaining", "59")], Json(quote)).into_response()
}

pub(super) async fn news(state: State, headers: HeaderMap, query: Parameters) -> Response {
    if let Some(refused) = refused(&state, &headers) {
        return refused;
    }
    let articles = state.world.lock().unwrap().articles("finnhub", &[query["symbol"].clone()]);
    let day = |article: &super::Article| article.at.date_naive().to_string();
    let within =
        articles.iter().filter(|one| (query["from"].clone()..=query["to"].clone()).contains(&day(one)));
    let news = within.take(MOST).map(|one| {
        json!({ "category": "company", "datetime": one.at.timestamp(), "headline": one.title,
            "id": one.id.parse::<i64>().unwrap(), "image": "", "related": one.symbol, "source": one.publisher,
            "summary": one.body, "url": one.url })
    });
    answer(200, Value::Array(news.collect()))
}
