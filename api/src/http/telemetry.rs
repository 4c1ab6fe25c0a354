//! Metrics and the log line of each request.

use axum::{
    extract::{MatchedPath, Request},
    http::header::CONTENT_TYPE,
    middleware::Next,
    response::{IntoResponse, Response},
};
use platform::telemetry::metrics_handle;
use std::time::Instant;

/// The metrics in Prometheus' text format.
pub async fn metrics() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics_handle().render())
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
