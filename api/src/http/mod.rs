//! The routes.

mod access;
mod answer;
mod archive;
mod events;
mod graphiql;
mod graphql;
mod header;
mod health;
mod keys;
pub mod listen;
mod negotiate;
mod origin;
mod request;
mod sign_in;
mod socket;
mod telemetry;
mod wire;

pub use socket::{Cohorts, Places};

use crate::schema::Schema;
use axum::{Router, middleware, routing::get};
use domain::identity::Gatekeeper;
use platform::{
    Platform,
    config::{Environment, HttpConfig},
};
use std::sync::Arc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_http::compression::CompressionLayer;

/// What the handlers share.
pub struct Server {
    pub schema: Schema,
    pub platform: Platform,
    pub gatekeeper: Gatekeeper,
    pub environment: Environment,
    pub http: HttpConfig,
    /// Who holds how many sockets.
    pub places: Places,
    pub cohorts: Cohorts,
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
pub fn router(server: Arc<Server>) -> Router {
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
    let frame = middleware::from_fn_with_state(server.clone(), header::frame);
    Router::new()
        .route("/graphql", get(socket::upgrade_or_query).post(graphql::answer))
        .merge(plain)
        .layer(CompressionLayer::new())
        // Behind the compression: large files, and what is compressed already.
        .merge(archive::routes())
        // Together, since each layer that a router holds is cloned and boxed for each request.
        .layer((frame, origin::cors(&server.http)))
        .with_state(server)
}
