//! `bellwether serve`.

use crate::{
    embedded,
    http::{self, Cohorts, Places, Server, listen},
    schema,
};
use anyhow::Context as _;
use domain::identity::Gatekeeper;
use platform::{
    Platform,
    config::{Config, Environment, WorkerMode},
    shutdown, telemetry,
};
use std::{sync::Arc, time::Duration};
use tokio::{net::TcpListener, time::sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, info};

/// How long open requests and sockets may take to end.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or interrupt.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let lines = telemetry::start_logging(&config.log)?;
    let platform = super::prepare(config).await?;
    let listener = listen::bind(config).with_context(|| {
        format!("cannot listen on {}; set BELLWETHER_LISTEN to a free address", config.listen)
    })?;
    let shutdown = shutdown::on_signal()?;
    let logs_end = CancellationToken::new();
    let logs = tokio::spawn(embedded::store_logs(platform.clone(), lines, logs_end.clone()));
    let worker = tokio::spawn(work(platform.clone(), config.clone(), shutdown.clone()));
    announce(config, &listener);
    serve(listener, &platform, config, &shutdown).await;
    let outcome = worker.await.context("the worker broke").flatten();
    if let Err(error) = &outcome {
        error!("Ended for good: {error:#}");
    }
    logs_end.cancel();
    logs.await?;
    outcome
}

/// Runs the embedded worker, if it is wanted.
async fn work(platform: Platform, config: Config, shutdown: CancellationToken) -> anyhow::Result<()> {
    if config.worker == WorkerMode::Separate {
        return Ok(());
    }
    let worker = Box::pin(embedded::run_worker(&platform, &config, &shutdown));
    vital(worker, &shutdown).await.context("the worker stopped")
}

/// Runs what the server does not go on without: when it ends, be it in a panic, so does the server.
async fn vital<T>(work: impl Future<Output = T>, shutdown: &CancellationToken) -> T {
    let _end = shutdown.clone().drop_guard();
    work.await
}

/// Answers on `listener` until `shutdown`, then lets open requests and sockets end.
pub async fn serve(
    listener: TcpListener,
    platform: &Platform,
    config: &Config,
    shutdown: &CancellationToken,
) {
    let sockets = TaskTracker::new();
    let gatekeeper = Gatekeeper::start(platform);
    let server = Server {
        schema: schema::build(platform, &gatekeeper, config),
        platform: platform.clone(),
        gatekeeper,
        environment: config.environment,
        http: config.http.clone(),
        cohorts: Cohorts::default(),
        places: Places::new(config.limits.enforce.then_some(config.limits.sockets)),
        largest_upload: config.archives.largest_upload,
        shutdown: shutdown.clone(),
        sockets: sockets.clone(),
    };
    let serving = async {
        listen::serve(listener, http::router(Arc::new(server)), shutdown).await;
        sockets.close();
        sockets.wait().await;
    };
    let patience = async {
        shutdown.cancelled().await;
        sleep(GRACE).await;
    };
    tokio::select! {
        () = serving => {}
        () = patience => {}
    }
}

fn announce(config: &Config, listener: &TcpListener) {
    let address =
        listener.local_addr().map_or_else(|_| config.listen.to_string(), |address| address.to_string());
    info!(
        database = %config.database.url,
        redis = config.redis.as_ref().map(|redis| redis.url.to_string()),
        worker = ?config.worker,
        simulate = config.simulate,
        "Serving on http://{address}/graphql"
    );
    if config.worker == WorkerMode::Separate {
        info!("Nothing is collected or scored here: run `bellwether-worker run` beside it");
    }
    if config.environment == Environment::Development {
        info!("Open http://{address}/graphiql to try it");
    }
}

#[cfg(test)]
mod tests {
    use super::vital;
    use std::time::Duration;
    use tokio_util::sync::CancellationToken;

    #[tokio::test]
    async fn a_worker_that_panics_ends_the_server() {
        let shutdown = CancellationToken::new();
        let token = shutdown.clone();
        let worker = tokio::spawn(async move { vital(async { panic!("a bug") }, &token).await });
        tokio::time::timeout(Duration::from_secs(5), shutdown.cancelled()).await.unwrap();
        assert!(worker.await.unwrap_err().is_panic());
    }
}
