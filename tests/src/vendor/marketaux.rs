use super::{Parameters, State, VENDOR_KEY, answer};
use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

/// What the free plan gives of a larger wish, silently.
const LIMIT: usize = 3;

pub(super) async fn news(state: State, query: Parameters) -> Response {
    let error = |code: &str| json!({ "error": { "code": code, "message": "…" } });
    if let Some(answer) = state.moody((402, error("usage_limit_reached"))) {
        return answer;
    }
    if query.get("api_token").is_none_or(|token| token != VENDOR_KEY) {
        // One client reports that errors come with status 200 too.
        return answer(200, error("invalid_api_token"));
    }
    let symbols: Vec<String> =
        query.get("symbols").into_iter().flat_map(|text| text.split(',')).map(str::to_owned).collect();
    let page = query.get("page").map_or(1, |page| page.parse::<usize>().unwrap());
    let limit = query["limit"].parse::<usize>().unwrap().min(LIMIT);
    let all = state.world.lock().unwrap().articles("marketaux", &symbols);
    let data: Vec<Value> = all.iter().skip((page - 1) * limit).take(limit).map(article).collect();
    let meta = json!({ "found": all.len(), "returned": data.len(), "limit": limit, "page": page });
    ([("X-UsageLimit-Remaining", "97")], Json(json!({ "meta": meta, "data": data }))).into_response()
}

fn article(one: &super::Article) -> Value {
    json!({ "uuid": one.id, "title": one.title, "description": one.body, "keywords": "",
        "snippet": format!("{} and so on", one.body), "url": one.url, "image_url": "", "language": "en",
        "published_at": one.at.format("%Y-%m-%dT%H:%M:%S.000000Z").to_string(), "source": one.publisher,
        "relevance_score": null, "entities": [], "similar": [] })
}
