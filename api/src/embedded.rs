//! The only door to the worker: the embedded mode, imports and exports.

use platform::{Platform, config::Config};
use tokio_util::sync::CancellationToken;

pub use worker::import::{Imported, Progress, Table, import};
pub use worker::runtime::install as install_runtime;
pub use worker::sentiment::{
    finbert::{self, Request},
    labelled::{Force, Score, Texts, compare, train},
    models::Models,
    record::record,
};
pub use worker::{
    export::{Export, export},
    store_logs,
};

/// Runs a worker in this process until `shutdown`.
pub async fn run_worker(
    platform: &Platform,
    config: &Config,
    shutdown: &CancellationToken,
) -> anyhow::Result<()> {
    worker::Worker::new(platform, worker::Sources::of(config, &platform.clock), config)?.run(shutdown).await
}

/// Scores all posts that wait for it.
pub async fn score_posts(platform: &Platform, config: &Config) -> anyhow::Result<()> {
    worker::Worker::new(platform, worker::Sources::default(), config)?.score_posts().await
}
