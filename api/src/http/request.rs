//! Reads a GraphQL request from a body or a query string.

use crate::{document::DocumentId, error::ApiError};
use async_graphql::{Request, Value, Variables};
use axum::{
    body::Body,
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_ENCODING, CONTENT_TYPE},
    },
};
use futures_util::StreamExt as _;
use serde_json::{Map, Value as Json};
use std::time::Duration;
use tokio::time::timeout;

/// The largest body.
pub const LARGEST: usize = 1024 * 1024;
/// What is read, and forgotten, of a larger one, so that its sender gets to the answer.
const DRAINED: usize = 16 * 1024 * 1024;
const SLOWEST: Duration = Duration::from_secs(10);

/// Why there is no request in what came.
#[derive(Debug)]
pub struct Unreadable {
    pub status: StatusCode,
    pub error: ApiError,
}

const TEXTS: [&str; 3] = ["query", "operationName", "documentId"];
/// Says in the place of a document which one is meant, by Apollo's protocol.
const PERSISTED: &str = "persistedQuery";

/// From the body of a POST.
pub async fn from_body(headers: &HeaderMap, body: Body) -> Result<Request, Unreadable> {
    // Browsers send other types to strange sites without asking: only JSON proves that the page may.
    if !is_json(headers) {
        let advice = "send the header `Content-Type: application/json`, in UTF-8";
        return Err(unreadable(StatusCode::UNSUPPORTED_MEDIA_TYPE, advice));
    }
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        let advice = "send the body as it is, without Content-Encoding";
        return Err(unreadable(StatusCode::UNSUPPORTED_MEDIA_TYPE, advice));
    }
    let body = timeout(SLOWEST, read(body))
        .await
        .map_err(|_| unreadable(StatusCode::REQUEST_TIMEOUT, "the body took longer than 10 s to arrive"))??;
    let body: Json = serde_json::from_slice(&body)
        .map_err(|error| unreadable(StatusCode::BAD_REQUEST, &format!("the body is not JSON: {error}")))?;
    match body {
        Json::Object(parameters) => from_parameters(parameters),
        Json::Array(_) => Err(malformed("send one operation at a time: batches are not supported")),
        _ => Err(malformed("the body must be an object with the field `query`")),
    }
}

/// From the query string of a GET.
pub fn from_query(query: &str) -> Result<Request, Unreadable> {
    let mut parameters = Map::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        // As good as not there.
        if value.is_empty() {
            continue;
        }
        let value = if TEXTS.contains(&&*name) {
            Json::String(value.into_owned())
        } else if matches!(&*name, "variables" | "extensions") {
            serde_json::from_str(&value).map_err(|_| malformed(&format!("`{name}` must be a JSON object")))?
        } else {
            continue;
        };
        parameters.insert(name.into_owned(), value);
    }
    from_parameters(parameters)
}

pub fn from_parameters(mut parameters: Map<String, Json>) -> Result<Request, Unreadable> {
    let mut take = |name: &str| parameters.remove(name).filter(|value| !value.is_null());
    let (query, id) = (take("query"), take("documentId"));
    let extensions = take("extensions");
    let is_named = id.is_some()
        || extensions.as_ref().is_some_and(|all| all.get(PERSISTED).is_some_and(|named| !named.is_null()));
    let mut request = match query {
        Some(Json::String(query)) => Request::new(query),
        None if is_named => Request::new(""),
        _ => return Err(malformed("`query` must be a string with a GraphQL document")),
    };
    match id {
        None => {}
        Some(Json::String(id)) => request = request.data(DocumentId(id)),
        Some(_) => return Err(malformed("`documentId` must be a string")),
    }
    match take("operationName") {
        None => {}
        Some(Json::String(name)) => request.operation_name = Some(name).filter(|name| !name.is_empty()),
        Some(_) => return Err(malformed("`operationName` must be a string")),
    }
    match take("variables") {
        None => {}
        Some(variables @ Json::Object(_)) => request.variables = Variables::from_json(variables),
        Some(_) => return Err(malformed("`variables` must be an object")),
    }
    match extensions {
        None => {}
        Some(Json::Object(extensions)) => {
            let extensions = extensions
                .into_iter()
                .filter_map(|(name, value)| Some((name, Value::from_json(value).ok()?)));
            request.extensions.0.extend(extensions);
        }
        Some(_) => return Err(malformed("`extensions` must be an object")),
    }
    Ok(request)
}

async fn read(body: Body) -> Result<Vec<u8>, Unreadable> {
    let mut stream = body.into_data_stream();
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| malformed("the body broke off"))?;
        length += chunk.len();
        if length > DRAINED {
            break;
        }
        if length > LARGEST {
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&chunk);
        }
    }
    if length > LARGEST {
        return Err(unreadable(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body has more than 1 MiB: send it in several requests",
        ));
    }
    Ok(bytes)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = kind.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    is_json
        && parts.all(|part| match part.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                super::negotiate::is_utf8(value.trim().trim_matches('"'))
            }
            _ => true,
        })
}

fn malformed(message: &str) -> Unreadable {
    unreadable(StatusCode::BAD_REQUEST, message)
}

fn unreadable(status: StatusCode, message: &str) -> Unreadable {
    Unreadable { status, error: ApiError::malformed(message) }
}

#[cfg(test)]
mod tests {
    use super::{from_parameters, from_query};
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn parameters_are_read_from_a_query_string() {
        let request =
            from_query("query=%7B+a+%7D&operationName=&variables=%7B%22x%22%3A1%7D&other=1").unwrap();
        assert_eq!((request.query.as_str(), request.operation_name), ("{ a }", None));
        assert_eq!(serde_json::to_value(&request.variables).unwrap(), json!({ "x": 1 }));
        for wrong in [
            "",
            "query=",
            "variables=%7B%7D",
            "query=x&variables=1",
            "query=x&variables=%7B",
            "query=x&extensions=a",
        ] {
            assert!(from_query(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn nothing_in_a_query_string_breaks_it(text in any::<String>(), bytes in any::<Vec<u8>>()) {
            let _ = from_query(&text);
            let _ = from_query(&format!("query={text}&variables={text}&extensions={{{text}}}"));
            let _ = from_query(&String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn nothing_in_a_body_breaks_it(text in any::<String>()) {
            for name in ["query", "operationName", "variables", "extensions"] {
                for value in [json!(text), json!([text]), json!({ text.clone(): null }), json!(1.5e300), json!(null)] {
                    let body = json!({ "query": "{ a }", name: value });
                    let serde_json::Value::Object(parameters) = body else { unreachable!() };
                    let _ = from_parameters(parameters);
                }
            }
        }
    }
}
