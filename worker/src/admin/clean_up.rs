//! Deletes what is past its retention.

use crate::Env;
use domain::{
    admin::{CleanUp, storage},
    archive,
    identity::expiry,
};
use jobs::{JobContext, Run};
use tracing::info;

#[async_trait::async_trait]
impl Run<Env> for CleanUp {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        for storage::Impact { table, rows } in storage::clean_up(&env.platform).await? {
            info!(table = ?table, row.count = rows, "Deleted {rows} rows of {table:?} past their retention");
        }
        let over = expiry::forget(&env.platform).await?;
        if over > 0 {
            info!(row.count = over, "Deleted {over} sessions, tokens and kept answers that were over");
        }
        let archives = archive::delete_expired(&env.platform).await?;
        if archives > 0 {
            info!(archive.count = archives, "Deleted {archives} archives that had expired");
        }
        Ok(())
    }
}
