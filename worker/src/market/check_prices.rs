//! Looks through the watch-list's bars for what can't be right.

use crate::Env;
use anyhow::Context as _;
use domain::market::{CheckPrices, check, stock, watchlist};
use jobs::{JobContext, Run};
use tracing::info;

#[async_trait::async_trait]
impl Run<Env> for CheckPrices {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let db = env.platform.db.connection();
        let symbols = watchlist::symbols(db).await?;
        let (mut found, mut repaired, mut restated) = (0, 0, 0);
        // One transaction a stock: nobody waits long, and a killed check has lost nothing.
        for id in stock::ids_of(db, &symbols).await? {
            let checked = check::check(&env.platform, id).await.context("failed to check a stock's bars")?;
            found += checked.found;
            repaired += checked.repaired;
            restated += checked.restated;
        }
        info!(
            finding.count = found,
            finding.repaired = repaired,
            bar.restated = restated,
            "Checked {} stocks, {found} new findings",
            symbols.len()
        );
        Ok(())
    }
}
