//! GraphQL over HTTP, by the stock integration.

use super::{Server, access};
use crate::error::ErrorCode;
use async_graphql::{Executor as _, ParseRequestError, Response as Answer, parser::types::OperationType};
use async_graphql_axum::{GraphQLRequest as Stock, GraphQLResponse};
use axum::{
    Json,
    extract::{FromRequest as _, Request, State},
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A request's body or query string, read.
type GraphQLRequest = Stock<Unreadable>;

/// Executes what came as a POST.
pub async fn post(State(server): State<Server>, request: Request) -> Response {
    // Browsers send other types to strange sites without asking: only JSON proves that the page may.
    if !is_json(request.headers()) {
        let message = "send the header `Content-Type: application/json`";
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    }
    answer(&server, request).await
}

/// Executes a query that came as a GET.
pub async fn get(server: &Server, request: Request) -> Response {
    answer(server, request).await
}

async fn answer(server: &Server, request: Request) -> Response {
    let is_get = request.method().is_safe();
    let (parts, body) = request.into_parts();
    let access = match access::of(server, &parts).await {
        Ok(access) => access,
        Err(error) => return GraphQLResponse::from(Answer::from(error)).into_response(),
    };
    let mut request = match GraphQLRequest::from_request(Request::from_parts(parts, body), &()).await {
        Ok(request) => request.into_inner(),
        Err(rejection) => return rejection.into_response(),
    };
    if is_get && !is_query(&mut request) {
        let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, "a mutation is sent with POST");
        response.headers_mut().insert("allow", axum::http::HeaderValue::from_static("POST"));
        return response;
    }
    let answer = server.schema.execute(request.data(access)).await;
    let is_refused = answer.http_headers.contains_key(RETRY_AFTER);
    let mut response = GraphQLResponse::from(answer).into_response();
    if is_refused {
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    }
    response
}

/// Whether nothing in the document is a mutation: a link must never change anything.
fn is_query(request: &mut async_graphql::Request) -> bool {
    let Ok(document) = request.parsed_query() else { return true };
    document.operations.iter().all(|(_, operation)| operation.node.ty != OperationType::Mutation)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

fn refuse(status: StatusCode, message: &str) -> Response {
    let extensions = json!({ "code": ErrorCode::BadUserInput.name() });
    let error = json!({ "message": message, "extensions": extensions });
    (status, Json(json!({ "errors": [error] }))).into_response()
}

/// A request that is not GraphQL over HTTP.
#[derive(Debug)]
pub struct Unreadable(ParseRequestError);

impl From<ParseRequestError> for Unreadable {
    fn from(error: ParseRequestError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Unreadable {
    fn into_response(self) -> Response {
        let status = match self.0 {
            ParseRequestError::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        refuse(status, &self.0.to_string())
    }
}

/// The schema of the running server.
pub async fn sdl() -> Response {
    ([(CONTENT_TYPE, "application/graphql; charset=utf-8")], crate::schema::sdl()).into_response()
}
