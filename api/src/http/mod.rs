//! The routes.

mod access;
mod archive;
mod graphiql;
mod graphql;
mod header;
mod health;
mod keys;
mod origin;
mod socket;
mod telemetry;

use crate::schema::Schema;
use axum::{
    Router,
    http::{HeaderValue, header::CACHE_CONTROL},
    middleware,
    routing::get,
};
use domain::identity::Gatekeeper;
use platform::{
    Platform,
    config::{Environment, HttpConfig},
};
use std::time::Duration;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_http::{
    compression::CompressionLayer, limit::RequestBodyLimitLayer, set_header::SetResponseHeaderLayer,
    timeout::RequestBodyTimeoutLayer, timeout::TimeoutLayer,
};

const LARGEST_BODY: usize = 1024 * 1024;
const SLOWEST_BODY: Duration = Duration::from_secs(10);
const SLOWEST_ANSWER: Duration = Duration::from_secs(30);

/// What the handlers share.
#[derive(Clone)]
pub struct Server {
    pub schema: Schema,
    pub platform: Platform,
    pub gatekeeper: Gatekeeper,
    pub environment: Environment,
    pub http: HttpConfig,
    /// In bytes.
    pub largest_upload: u64,
    pub shutdown: CancellationToken,
    /// The open sockets, so that shutdown can wait for their close frames.
    pub sockets: TaskTracker,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("environment", &self.environment).finish_non_exhaustive()
    }
}

/// All routes.
pub fn router(server: Server) -> Router {
    let late = axum::http::StatusCode::SERVICE_UNAVAILABLE;
    let plain = Router::new()
        .route("/schema.graphql", get(graphql::sdl))
        .route("/.well-known/jwks.json", get(keys::jwks))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(telemetry::metrics));
    let plain = match server.environment {
        Environment::Development => plain.merge(graphiql::routes()),
        Environment::Production => plain,
    };
    Router::new()
        .route("/graphql", get(socket::upgrade_or_query).post(graphql::post))
        // Answers differ by who asks.
        .layer(SetResponseHeaderLayer::overriding(CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(TimeoutLayer::with_status_code(late, SLOWEST_ANSWER))
        .merge(plain)
        .layer(RequestBodyTimeoutLayer::new(SLOWEST_BODY))
        // Unlike axum's own limit it holds for every way of reading a body.
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(CompressionLayer::new())
        // Behind the limit and the compression: large files, and what is compressed already.
        .merge(archive::routes())
        .layer(origin::cors(&server.http))
        .layer(middleware::from_fn_with_state(server.clone(), header::protect))
        .layer(middleware::from_fn(telemetry::observe))
        .layer(middleware::from_fn(header::identify))
        .with_state(server)
}
