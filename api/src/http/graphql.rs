//! GraphQL over HTTP, by the stock integration.

use super::Server;
use crate::error::ErrorCode;
use async_graphql::{Executor as _, ParseRequestError};
use async_graphql_axum::GraphQLResponse;
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A request's body or query string, read.
pub type GraphQLRequest = async_graphql_axum::GraphQLRequest<Unreadable>;

/// Executes a query that came as a POST.
pub async fn post(State(server): State<Server>, request: GraphQLRequest) -> GraphQLResponse {
    server.schema.execute(request.into_inner()).await.into()
}

/// Executes a query that came as a GET; there are no mutations that it could smuggle in.
pub async fn get(State(server): State<Server>, request: GraphQLRequest) -> GraphQLResponse {
    server.schema.execute(request.into_inner()).await.into()
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
        let extensions = json!({ "code": ErrorCode::BadUserInput.name() });
        let error = json!({ "message": self.0.to_string(), "extensions": extensions });
        (status, Json(json!({ "errors": [error] }))).into_response()
    }
}

/// The schema of the running server.
pub async fn sdl() -> Response {
    ([(CONTENT_TYPE, "application/graphql; charset=utf-8")], crate::schema::sdl()).into_response()
}
