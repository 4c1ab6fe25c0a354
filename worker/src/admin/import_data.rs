//! Reads an archive into a table, and keeps with it what became of its rows.

use crate::{
    Env,
    archive::Content,
    import::{self, Imported, Progress},
    source::file::{FileError, Input},
};
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use domain::{
    admin::{
        ImportData, ImportReport,
        import_report::{Example, Rejected},
    },
    archive,
};
use jobs::{JobContext, Run};
use std::{convert::Infallible, path::Path, time::Duration};
use tokio::{sync::watch, time};
use tracing::debug;

/// How often watchers are told how far it has come.
const PERIOD: Duration = Duration::from_secs(1);

#[async_trait::async_trait]
impl Run<Env> for ImportData {
    async fn run(&self, env: &Env, ctx: &JobContext) -> anyhow::Result<()> {
        let platform = &env.platform;
        // Nobody wants it any more if it is gone.
        let found = archive::find_ready(platform.db.connection(), self.archive).await?;
        let Some(row) = found else { return Ok(()) };
        let (content, size) = (Content::of(platform, &row), u64::try_from(row.size_bytes)?);
        let open = move || Input::new(Path::new(&row.file_name), content, size);
        let (sender, progress) = watch::channel(Progress::default());
        let import = import::read(platform, self.table, open, None, self.symbol.clone(), |progress| {
            sender.send_replace(progress);
        });
        let imported = tokio::select! {
            imported = import => imported,
            never = tell(ctx, &progress) => match never {},
        };
        let report = report(self, platform.clock.now(), imported)?;
        let txn = platform.db.begin().await?;
        report.keep(&txn, self.archive).await?;
        ctx.complete(&txn).await?;
        Ok(txn.commit().await?)
    }
}

/// Tells watchers how far it has come, until it is dropped.
async fn tell(ctx: &JobContext, progress: &watch::Receiver<Progress>) -> Infallible {
    loop {
        time::sleep(PERIOD).await;
        let Progress { bytes_read, bytes_total, .. } = *progress.borrow();
        if let Err(error) = ctx.report(bytes_read as f64 / bytes_total.max(1) as f64).await {
            debug!(%error, "Could not tell how far an import has come");
        }
    }
}

/// What became of the rows; what is wrong with the file is a part of that, and no failure of the job.
fn report(
    job: &ImportData,
    now: DateTime<Utc>,
    imported: anyhow::Result<Imported>,
) -> anyhow::Result<ImportReport> {
    let imported = match imported {
        Ok(imported) => imported,
        Err(error) => Imported { broken: Some(error.downcast::<FileError>()?), ..Imported::default() },
    };
    if let Some(FileError::Open { reason, .. } | FileError::BrokenOff { reason, .. }) = &imported.broken
        && Content::is_lost(reason)
    {
        return Err(imported.broken.map_or_else(|| anyhow!("it was just there"), Into::into));
    }
    let count = |rows: usize| rows as u64;
    let rejected = imported.rejected.iter().map(|(reason, rows)| Rejected {
        reason: reason.to_string(),
        count: count(*rows),
        examples: imported.examples.get(reason).into_iter().flatten().map(storable).collect(),
    });
    Ok(ImportReport {
        table: job.table,
        finished_at: now,
        read: count(imported.read),
        stored: count(imported.stored),
        revised: count(imported.revised),
        unchanged: count(imported.unchanged),
        rejected: rejected.collect(),
        unknown_columns: imported.unknown_columns.iter().map(|name| without_nul(name)).collect(),
        problem: imported.broken.map(|broken| without_nul(&broken.to_string())),
    })
}

fn storable(Example { line, text }: &Example) -> Example {
    Example { line: *line, text: without_nul(text) }
}

/// PostgreSQL's JSON has no place for it.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
