//! Writes down for someone what is kept about them, as one gzipped JSON document:
//!
//! ```json
//! { "exportedAt": "2026-11-21T12:00:00Z", "account": [{}], "sessions": [{}, {}], "apiKeys": [] }
//! ```
//!
//! After the time one list for each section of `domain::admin::personal`; the names of all fields are in camel case.

use crate::{Env, archive::Gzip};
use domain::{
    admin::{ExportMyData, personal},
    archive,
    identity::account,
    personal::Section,
};
use futures_util::TryStreamExt as _;
use jobs::{JobContext, Run};
use serde_json::json;

#[async_trait::async_trait]
impl Run<Env> for ExportMyData {
    async fn run(&self, env: &Env, ctx: &JobContext) -> anyhow::Result<()> {
        let (platform, db) = (&env.platform, env.platform.db.connection());
        if account::find(db, self.account).await?.is_none() {
            // Who asked has left meanwhile.
            return Ok(archive::delete(platform, self.archive).await?);
        }
        let Some(mut gzip) = Gzip::start(platform, self.archive).await? else { return Ok(()) };
        gzip.write(format!("{{\n\"exportedAt\": {}", json!(platform.clock.now())).as_bytes()).await?;
        let mut count = 0;
        for section in personal::sections(db, self.account).await? {
            count += write(&mut gzip, section).await?;
        }
        gzip.write(b"\n}\n").await?;
        gzip.finish(ctx, count).await
    }
}

/// Appends the section; returns how many rows it has.
async fn write(gzip: &mut Gzip, Section { name, mut rows }: Section<'_>) -> anyhow::Result<u64> {
    gzip.write(format!(",\n\"{name}\": [").as_bytes()).await?;
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        let comma = if count > 0 { "," } else { "" };
        gzip.write(format!("{comma}\n{row}").as_bytes()).await?;
        count += 1;
    }
    gzip.write(b"]").await?;
    Ok(count)
}
