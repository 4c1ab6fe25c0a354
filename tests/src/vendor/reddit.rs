use super::{Parameters, State, VENDOR_KEY, answer, has};
use axum::{
    Json,
    extract::Path,
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

fn token_text(state: &State) -> String {
    format!("t0k3n-{}", state.world.lock().unwrap().token)
}

pub(super) async fn token(state: State, headers: HeaderMap, body: String) -> Response {
    if let Some(answer) = state.moody((429, json!({ "message": "Too Many Requests", "error": 429 }))) {
        return answer;
    }
    let basic = format!("Basic {}", STANDARD.encode(VENDOR_KEY));
    if body != "grant_type=client_credentials" || !has(&headers, "authorization", &basic) {
        return answer(401, json!({ "message": "Unauthorized", "error": 401 }));
    }
    let token = token_text(&state);
    answer(200, json!({ "access_token": token, "token_type": "bearer", "expires_in": 3600, "scope": "*" }))
}

pub(super) async fn listing(
    state: State,
    Path((subreddit, _)): Path<(String, String)>,
    headers: HeaderMap,
    query: Parameters,
) -> Response {
    if !has(&headers, "authorization", &format!("Bearer {}", token_text(&state))) {
        return answer(401, json!({ "message": "Unauthorized", "error": 401 }));
    }
    if subreddit == "private" {
        return answer(403, json!({ "message": "Forbidden", "error": 403, "reason": "private" }));
    }
    let world = state.world.lock().unwrap();
    let size = world.page;
    let all = world.articles("reddit", &[]);
    let all: Vec<_> = all.iter().filter(|one| one.publisher == subreddit).collect();
    let start = match query.get("after").map(|after| all.iter().position(|one| one.id == *after)) {
        None => 0,
        Some(Some(last)) => last + 1,
        // A cursor of a post that is long gone.
        Some(None) => all.len(),
    };
    let page = &all[start..(start + size).min(all.len())];
    let is_last = start + size >= all.len();
    let after = if is_last && !world.circular { None } else { page.last().map(|one| one.id.clone()) };
    let after = if is_last && world.circular { all.first().map(|one| one.id.clone()) } else { after };
    let children: Vec<Value> = page.iter().map(|one| child(one)).collect();
    let data = json!({ "after": after, "dist": children.len(), "children": children });
    ([("x-ratelimit-remaining", "997.0")], Json(json!({ "kind": "Listing", "data": data }))).into_response()
}

fn child(one: &super::Article) -> Value {
    json!({ "kind": "t3", "data": { "id": one.id.trim_start_matches("t3_"), "name": one.id,
        "subreddit": one.publisher, "title": one.title, "selftext": one.body, "author": "someone", "score": 5,
        "upvote_ratio": 0.8, "num_comments": 3, "created_utc": one.at.timestamp() as f64,
        "permalink": format!("/r/{}/comments/{}/", one.publisher, one.id), "url": one.url,
        "is_self": one.url.is_empty(), "edited": false, "removed_by_category": null, "stickied": false } })
}
