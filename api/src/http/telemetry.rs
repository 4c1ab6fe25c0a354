//! Metrics and the log line of each request.

use super::Server;
use axum::{
    extract::{MatchedPath, Request, State},
    http::header::CONTENT_TYPE,
    middleware::Next,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::admin::status::{self, Status};
use platform::telemetry::metrics_handle;
use std::{sync::Arc, time::Instant};

/// The metrics in Prometheus' text format.
pub async fn metrics(State(server): State<Arc<Server>>) -> impl IntoResponse {
    match status::get(server.platform.db.connection()).await {
        Ok(status) => measure(&status, server.platform.clock.now()),
        Err(error) => tracing::warn!(%error, "Could not measure the database"),
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics_handle().render())
}

/// Sets what is true of the whole system, whichever process is asked.
fn measure(status: &Status, now: DateTime<Utc>) {
    let jobs =
        [("queued", status.jobs_queued), ("running", status.jobs_running), ("failed", status.jobs_failed)];
    for (state, count) in jobs {
        metrics::gauge!("bellwether_queue_depth", "state" => state).set(count as f64);
    }
    for (what, newest) in [("quote", status.newest_quote_at), ("post", status.newest_post_at)] {
        if let Some(newest) = newest {
            let age = (now - newest).as_seconds_f64();
            metrics::gauge!("bellwether_newest_age_seconds", "of" => what).set(age);
        }
    }
}

/// Measures and logs a request.
pub async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().as_str().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let seconds = started.elapsed().as_secs_f64();
    metrics::counter!(
        "bellwether_http_requests_total",
        "method" => method.clone(), "route" => route.clone(), "status" => status.to_string()
    )
    .increment(1);
    metrics::histogram!("bellwether_http_request_seconds", "route" => route.clone()).record(seconds);
    tracing::debug!(
        http.method = method,
        http.route = route,
        http.status = status,
        duration_ms = seconds * 1e3,
        "Answered"
    );
    response
}
