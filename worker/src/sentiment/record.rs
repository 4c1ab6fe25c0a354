//! What was measured of the models, on record.

use super::models::Models;
use domain::sentiment::evaluation::{self, NewEvaluation};
use platform::Platform;

/// Keeps `evaluations`, and which models score by the settings; returns how many are new.
pub async fn record(
    platform: &Platform,
    models: &Models,
    evaluations: &[NewEvaluation],
) -> anyhow::Result<usize> {
    let in_use = models.routing().await.in_use();
    Ok(evaluation::record(platform, evaluations, &in_use).await?)
}
