//! The public keys of access tokens.

use super::Server;
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::CACHE_CONTROL},
    response::{IntoResponse as _, Response},
};
use domain::identity;
use std::sync::Arc;

/// The JSON Web Key Set, so that others can verify our tokens.
pub async fn jwks(State(server): State<Arc<Server>>) -> Response {
    match identity::key_set(&server.platform).await {
        // Shorter than the overlap of two keys.
        Ok(keys) => ([(CACHE_CONTROL, "public, max-age=300")], Json(keys)).into_response(),
        Err(error) => {
            tracing::error!(%error, "Could not list the signing keys");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
