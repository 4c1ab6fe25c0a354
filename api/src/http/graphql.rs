//! GraphQL over HTTP, by the stock integration.

use super::Server;
use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::{
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};

/// Executes a query that came as a POST.
pub async fn post(State(server): State<Server>, request: GraphQLRequest) -> GraphQLResponse {
    server.schema.execute(request.into_inner()).await.into()
}

/// Executes a query that came as a GET; there are no mutations that it could smuggle in.
pub async fn get(State(server): State<Server>, request: GraphQLRequest) -> GraphQLResponse {
    server.schema.execute(request.into_inner()).await.into()
}

/// The schema of the running server.
pub async fn sdl() -> Response {
    ([(CONTENT_TYPE, "application/graphql; charset=utf-8")], crate::schema::sdl()).into_response()
}
