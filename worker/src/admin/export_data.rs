//! Writes a table into an archive, as gzipped CSV.

use crate::{
    Env,
    archive::Gzip,
    export::{self, Rows},
};
use domain::admin::ExportData;
use futures_util::TryStreamExt as _;
use jobs::{JobContext, Run};

/// Rows that are turned into text at a time.
const BATCH: usize = 500;

#[async_trait::async_trait]
impl Run<Env> for ExportData {
    async fn run(&self, env: &Env, ctx: &JobContext) -> anyhow::Result<()> {
        let Some(mut gzip) = Gzip::start(&env.platform, self.archive).await? else { return Ok(()) };
        let Rows { header, rows } =
            export::rows(env.platform.db.connection(), self.what, self.symbol.clone());
        gzip.write(&csv([header])?).await?;
        let mut batches = rows.try_chunks(BATCH);
        let mut count = 0;
        while let Some(batch) = batches.try_next().await? {
            count += batch.len() as u64;
            gzip.write(&csv(batch)?).await?;
        }
        drop(batches);
        gzip.finish(ctx, count).await
    }
}

fn csv<R>(rows: impl IntoIterator<Item = R>) -> anyhow::Result<Vec<u8>>
where
    R: IntoIterator<Item: AsRef<[u8]>>,
{
    let mut csv = csv::Writer::from_writer(Vec::new());
    for row in rows {
        csv.write_record(row)?;
    }
    Ok(csv.into_inner()?)
}
