use super::{Parameters, State, VENDOR_KEY, answer, has};
use axum::{http::HeaderMap, response::Response};
use serde_json::{Value, json};

/// What the developer plan shows.
const MOST: usize = 100;

fn error(code: &str) -> Value {
    json!({ "status": "error", "code": code, "message": "…" })
}

fn refused(state: &State, headers: &HeaderMap) -> Option<Response> {
    let moody = state.moody((429, error("rateLimited")));
    moody.or_else(|| (!has(headers, "x-api-key", VENDOR_KEY)).then(|| answer(401, error("apiKeyInvalid"))))
}

pub(super) async fn headlines(state: State, headers: HeaderMap) -> Response {
    let empty = json!({ "status": "ok", "totalResults": 0, "articles": [] });
    refused(&state, &headers).unwrap_or_else(|| answer(200, empty))
}

pub(super) async fn everything(state: State, headers: HeaderMap, query: Parameters) -> Response {
    if let Some(refused) = refused(&state, &headers) {
        return refused;
    }
    let number = |name: &str| query[name].parse::<usize>().unwrap();
    let (page, size) = (number("page"), number("pageSize"));
    if (page - 1) * size >= MOST {
        return answer(426, error("maximumResultsReached"));
    }
    assert!(query["q"].len() <= 500, "{}", query["q"]);
    let symbols: Vec<String> =
        query["q"].split(" OR ").map(|term| term.trim_matches('"').replace(" stock", "")).collect();
    let all = state.world.lock().unwrap().articles("newsapi", &symbols);
    let articles: Vec<Value> = all.iter().skip((page - 1) * size).take(size).map(article).collect();
    answer(200, json!({ "status": "ok", "totalResults": all.len(), "articles": articles }))
}

fn article(one: &super::Article) -> Value {
    let title = if one.title == "[Removed]" {
        one.title.clone()
    } else {
        format!("{} - {}", one.title, one.publisher)
    };
    json!({ "source": { "id": null, "name": one.publisher }, "author": null, "title": title,
        "description": one.body, "url": one.url, "urlToImage": null, "publishedAt": one.at.to_rfc3339(),
        "content": format!("{} and so on… [+1606 chars]", one.body) })
}
