use super::*;
use chrono::DateTime;
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::{Value, json};

fn answer(status: u16, body: &str) -> VendorAnswer {
    let status = StatusCode::from_u16(status).unwrap();
    VendorAnswer { status, headers: HeaderMap::new(), body: body.into(), at: DateTime::UNIX_EPOCH }
}

fn submission(name: &str, change: &Value) -> Value {
    let mut post = json!({
        "name": name, "subreddit": "stocks", "title": "Title", "selftext": "Text of $AAPL", "author": "someone",
        "score": 5, "upvote_ratio": 0.8, "num_comments": 3, "created_utc": 1_776_105_848.0,
        "permalink": format!("/r/stocks/comments/{name}/title/"), "url": "https://www.reddit.com/x", "is_self": true,
        "edited": false, "removed_by_category": null, "stickied": false });
    post.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    json!({ "kind": "t3", "data": post })
}

fn posts(children: &[Value]) -> Result<Vec<NewPost>, VendorError> {
    let body = json!({ "kind": "Listing", "data": { "after": null, "children": children } }).to_string();
    read::<Listing>(&answer(200, &body)).map(|listing| listing.posts(&mut HashSet::new()))
}

#[test]
fn what_is_gone_is_left_out_and_the_rest_read() {
    let found = posts(&[
        submission("t3_a", &json!({ "edited": 1_776_105_900.0 })),
        submission("t3_b", &json!({ "selftext": "[removed]", "removed_by_category": "moderator" })),
        submission("t3_c", &json!({ "selftext": "[deleted]", "author": "[deleted]" })),
        submission("t3_d", &json!({ "is_self": false, "url": "http://example.com/a?utm_source=x" })),
        submission("t3_e", &json!({ "is_self": false, "url": "https://example.com/a" })),
        submission("t3_f", &json!({ "upvote_ratio": null })),
    ]);
    let found = found.unwrap();
    let names: Vec<&str> = found.iter().map(|post| post.external_id.as_str()).collect();
    assert_eq!(names, ["t3_a", "t3_c", "t3_d", "t3_f"]);
    assert_eq!(found[0].url.as_deref(), Some("https://www.reddit.com/r/stocks/comments/t3_a/title/"));
    assert_eq!((found[1].body.as_str(), &found[1].author), ("", &None));
    assert_eq!((found[0].votes, found[0].upvote_ratio, found[3].upvote_ratio), (Some(5), Some(0.8), None));
    assert_eq!(found[0].published_at.to_rfc3339(), "2026-04-13T18:44:08+00:00");
}

#[test]
fn a_page_with_one_bad_post_is_none() {
    let good = submission("t3_a", &json!({}));
    for bad in
        [Value::Null, submission("t3_b", &json!({ "created_utc": "yesterday" })), json!({ "kind": "t3" })]
    {
        assert!(matches!(posts(&[good.clone(), bad]), Err(VendorError::Malformed(_))));
    }
}

#[test]
fn a_wall_is_told_from_a_closed_door() {
    let closed = json!({ "message": "Forbidden", "error": 403, "reason": "private" }).to_string();
    for (status, body, expected) in [
        (403, closed.as_str(), VendorError::Forbidden),
        (403, "<html>whoa there, pardner!</html>", VendorError::Blocked),
        (401, "{\"message\": \"Unauthorized\", \"error\": 401}", VendorError::WrongCredential),
        (404, "{\"message\": \"Not Found\", \"error\": 404}", VendorError::NotFound),
        (500, "{\"message\": \"Internal Server Error\", \"error\": 500}", VendorError::Server(500)),
    ] {
        assert_eq!(read::<Listing>(&answer(status, body)).err(), Some(expected), "{body}");
    }
    let mut limited = answer(429, "{}");
    limited.headers.insert("x-ratelimit-reset", "35".parse().unwrap());
    let expected = VendorError::RateLimited { retry_after: Some(std::time::Duration::from_secs(35)) };
    assert_eq!(read::<Listing>(&limited).err(), Some(expected));
}

/// Recorded listings, in the folder that `BELLWETHER_TEST_DATA` names.
#[test]
fn recorded_listings_are_read() {
    let Some(folder) = std::env::var_os("BELLWETHER_TEST_DATA") else {
        return println!("BELLWETHER_TEST_DATA is not set: nothing is checked");
    };
    for name in ["new", "hot", "top", "rising"] {
        let name = format!("vendor-samples/reddit/TestSubredditListings.test_{name}.json");
        let cassette = std::fs::read(std::path::Path::new(&folder).join(name)).unwrap();
        let cassette: Value = serde_json::from_slice(&cassette).unwrap();
        let listings = cassette["interactions"].as_array().unwrap().iter().filter(|exchange| {
            exchange["request"]["uri"].as_str().is_some_and(|uri| uri.contains("oauth.reddit.com"))
        });
        for exchange in listings {
            let body = exchange["response"]["body"]["string"].as_str().unwrap();
            let listing: Listing = read(&answer(200, body)).unwrap();
            assert!(listing.posts(&mut HashSet::new()).len() > 10);
        }
    }
}
