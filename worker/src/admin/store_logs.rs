//! Moves log lines into the database, in batches.

use domain::admin::log;
use platform::{Platform, telemetry::LogLine};
use std::time::Duration;
use tokio::{sync::mpsc, time};
use tokio_util::sync::CancellationToken;

const PERIOD: Duration = Duration::from_secs(1);
const BATCH: usize = 500;

/// Stores `lines` until `shutdown`, and what is left then.
pub async fn store_logs(platform: Platform, mut lines: mpsc::Receiver<LogLine>, shutdown: CancellationToken) {
    let mut period = time::interval(PERIOD);
    period.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        let last = tokio::select! {
            _ = period.tick() => false,
            () = shutdown.cancelled() => true,
        };
        let mut batch = Vec::new();
        while batch.len() < BATCH
            && let Ok(line) = lines.try_recv()
        {
            batch.push(line);
        }
        let count = batch.len();
        if log::store(platform.db.connection(), batch).await.is_err() {
            // Logging the failure would make another line to store.
            metrics::counter!("bellwether_log_lines_dropped_total").increment(count as u64);
        }
        if last && count < BATCH {
            return;
        }
    }
}
