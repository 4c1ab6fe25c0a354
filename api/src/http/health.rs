//! Alive and ready.

use super::Server;
use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// A part that answers later counts as absent.
const PATIENCE: Duration = Duration::from_millis(90);

/// Succeeds as long as the process turns.
pub async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// Succeeds when database and bus answer within 90 ms.
pub async fn ready(State(server): State<Arc<Server>>) -> (StatusCode, Json<Value>) {
    let database =
        async { timeout(PATIENCE, server.platform.db.check()).await.is_ok_and(|result| result.is_ok()) };
    let bus =
        async { timeout(PATIENCE, server.platform.bus.check()).await.is_ok_and(|result| result.is_ok()) };
    let (database, bus) = tokio::join!(database, bus);
    let ready = database && bus && !server.shutdown.is_cancelled();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = |fine: bool| if fine { "ready" } else { "unavailable" };
    (status, Json(json!({ "status": word(ready), "database": word(database), "bus": word(bus) })))
}
