//! Files to be downloaded and imported.

use super::Job;
use crate::{
    context::ContextExt as _,
    error::Result,
    scalar::{Long, Symbol, Url},
};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    admin::{
        ImportReport as Report, exchange,
        import_report::{Example, Rejected},
        job,
    },
    archive,
};

/// What an archive holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "archive::Kind")]
pub enum ArchiveKind {
    /// What is kept about its owner: one gzipped JSON document with a list for each kind of thing.
    MyData,
    /// Daily bars, as gzipped CSV.
    Prices,
    /// Posts, as gzipped CSV.
    Posts,
    /// Sentiment records, as gzipped CSV.
    Sentiment,
    /// Stocks, as gzipped CSV.
    Stocks,
    /// A file as an administrator sent it.
    Upload,
}

/// Whether an archive can be downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ArchiveState {
    /// It is being written; watch its job with `jobUpdated`.
    Writing,
    /// It can be downloaded.
    Ready,
    /// Its job failed or was cancelled: ask for another one.
    Failed,
}

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "exchange::Export")]
pub enum ExportKind {
    /// Daily bars as they are known now, without the versions before.
    Prices,
    /// Posts; always all of them.
    Posts,
    /// Sentiment records; these can't be imported, since they are made from posts.
    Sentiment,
    /// Stocks.
    Stocks,
}

/// What can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "exchange::Table")]
pub enum ImportTable {
    /// Daily bars.
    Prices,
    /// Posts.
    Posts,
    /// Stocks.
    Stocks,
}

/// A file of one's own, kept for a week.
#[derive(Clone, Debug)]
pub struct Archive(pub exchange::Archive);

/// A file of one's own, kept for a week.
#[Object]
impl Archive {
    /// Identifies the archive.
    async fn id(&self) -> ID {
        self.0.row.id.to_string().into()
    }

    /// What it holds.
    async fn kind(&self) -> ArchiveKind {
        self.0.row.kind.into()
    }

    /// The name under which it is downloaded.
    async fn file_name(&self) -> &str {
        &self.0.row.file_name
    }

    /// Whether it can be downloaded.
    async fn state(&self) -> ArchiveState {
        let ended = |job: &job::Row| !matches!(job.state, job::State::Queued | job::State::Running);
        match self.0.row.state {
            archive::State::Ready => ArchiveState::Ready,
            archive::State::Writing if self.0.job.as_ref().is_some_and(ended) => ArchiveState::Failed,
            archive::State::Writing => ArchiveState::Writing,
        }
    }

    /// How large it is; while it is being written, how large it has grown.
    async fn size_bytes(&self) -> Long {
        Long(self.0.row.size_bytes)
    }

    /// How many rows it has; null for an upload, and until it is ready.
    async fn row_count(&self) -> Option<Long> {
        self.0.row.row_count.map(Long)
    }

    /// The SHA-256 of the file in hex; null until it is ready.
    async fn sha256(&self) -> Option<&str> {
        self.0.row.sha256.as_deref()
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.row.known_at
    }

    /// When it became ready; null until then.
    async fn ready_at(&self) -> Option<DateTime<Utc>> {
        self.0.row.ready_at
    }

    /// When it goes: a week after it became ready.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.row.expires_at
    }

    /// Where its owner downloads it, with the same credentials as here; null until it is ready.
    async fn url(&self, ctx: &Context<'_>) -> Option<Url> {
        let is_ready = self.0.row.state == archive::State::Ready;
        is_ready.then(|| Url(format!("{}/archives/{}", ctx.public_url(), self.0.row.id)))
    }

    /// The job that writes it; null for an upload, and when the job is no longer kept.
    async fn job(&self) -> Option<Job> {
        self.0.job.clone().map(Job::from)
    }

    /// What became of it when it was imported last; null if it never was, and until that import ends.
    async fn last_import(&self) -> Result<Option<ImportReport>> {
        Ok(Report::of(&self.0.row)?.map(ImportReport::from))
    }
}

/// What became of a file that was imported.
#[derive(Clone, Debug, SimpleObject)]
pub struct ImportReport {
    /// Into which table it was read.
    table: ImportTable,
    /// When the import ended.
    finished_at: DateTime<Utc>,
    /// How many rows were read.
    read: Long,
    /// How many were new.
    stored: Long,
    /// How many say something else than what was known; the old version stays readable by `asOf`.
    revised: Long,
    /// How many were known already.
    unchanged: Long,
    /// The rows that were rejected, by reason.
    rejected: Vec<RejectedRows>,
    /// Columns that were not understood, and not read.
    unknown_columns: Vec<String>,
    /// Why the file could not be read, or not to its end; what came before is stored. Null if it could.
    problem: Option<String>,
}

/// Rows that were rejected for one reason.
#[derive(Clone, Debug, SimpleObject)]
pub struct RejectedRows {
    /// Such as `unreadable date`.
    reason: String,
    /// How many rows.
    count: Long,
    /// The first three of them.
    examples: Vec<RejectedRow>,
}

/// A row that was rejected.
#[derive(Clone, Debug, SimpleObject)]
pub struct RejectedRow {
    /// On which line of the file it starts, from 1.
    line: Long,
    /// Its first 300 characters.
    text: String,
}

impl From<Report> for ImportReport {
    fn from(report: Report) -> Self {
        Self {
            table: report.table.into(),
            finished_at: report.finished_at,
            read: long(report.read),
            stored: long(report.stored),
            revised: long(report.revised),
            unchanged: long(report.unchanged),
            rejected: report.rejected.into_iter().map(RejectedRows::from).collect(),
            unknown_columns: report.unknown_columns,
            problem: report.problem,
        }
    }
}

impl From<Rejected> for RejectedRows {
    fn from(Rejected { reason, count, examples }: Rejected) -> Self {
        let row = |Example { line, text }| RejectedRow { line: long(line), text };
        Self { reason, count: long(count), examples: examples.into_iter().map(row).collect() }
    }
}

fn long(count: u64) -> Long {
    Long(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Nothing has to be said.
#[derive(InputObject)]
pub struct ExportMyDataInput {
    /// As for every mutation; a type without a field can't be.
    pub client_mutation_id: Option<String>,
}

/// What to export.
#[derive(InputObject)]
pub struct ExportDataInput {
    /// Which table.
    pub what: ExportKind,
    /// Only what is about this stock; default everything. Not for posts.
    pub symbol: Option<Symbol>,
}

/// Which archive to read prices from.
#[derive(InputObject)]
pub struct ImportPricesInput {
    /// One's own: an export of prices, or an upload.
    pub archive_id: ID,
    /// The symbol of a file without a symbol column; default the file's name, such as `AAPL.csv`.
    pub symbol: Option<Symbol>,
}

/// Which archive to read.
#[derive(InputObject)]
pub struct ImportArchiveInput {
    /// One's own: an export of the same kind, or an upload.
    pub archive_id: ID,
}

/// Which archive to delete.
#[derive(InputObject)]
pub struct DeleteArchiveInput {
    /// One's own.
    pub id: ID,
}

/// An archive that is being written.
#[derive(SimpleObject)]
pub struct ExportPayload {
    /// The archive; it can be downloaded when its job is done.
    pub archive: Archive,
    /// The job that writes it. Watch it with `jobUpdated`.
    pub job: Job,
}

/// An import that was asked for.
#[derive(SimpleObject)]
pub struct ImportPayload {
    /// The job. Watch it with `jobUpdated`; then `archive(id:) { lastImport }` has the outcome.
    pub job: Job,
}

/// An archive that is no more.
#[derive(SimpleObject)]
pub struct DeleteArchivePayload {
    /// The id that it had.
    pub id: ID,
}
