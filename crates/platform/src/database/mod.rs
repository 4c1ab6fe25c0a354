//! One way to open and to write SQLite and PostgreSQL.

mod changes;
mod patience;
mod transaction;

pub use changes::Changes;
pub use transaction::Transaction;

use crate::config::DatabaseConfig;
pub use sea_orm::DatabaseConnection;
use sea_orm::{
    AccessMode, ConnectOptions, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tracing::log::LevelFilter;

const BUSY_TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that was idle for longer is pinged before use: PostgreSQL may have restarted.
const LONGEST_TRUST: Duration = Duration::from_secs(1);

/// A pool of connections to the one database.
#[derive(Clone, Debug)]
pub struct Database {
    connection: DatabaseConnection,
    statements: Arc<AtomicU64>,
    changes: Changes,
    half: patience::Half,
}

/// Why the database can't be used, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error(
        "cannot create the database in {folder}: {reason}; make the folder writable, or point DATABASE_URL elsewhere"
    )]
    Folder { folder: String, reason: std::io::Error },
    #[error("cannot open the database at {url}: {reason}; {remedy}")]
    Open { url: String, reason: String, remedy: &'static str },
    #[error("the database does not work: {reason}; {remedy}")]
    Failed { reason: String, remedy: &'static str },
}

impl DatabaseError {
    fn open(config: &DatabaseConfig, error: &DbErr) -> Self {
        let url = config.url.to_string();
        // What can't be parsed is quoted, with its password.
        let reason = error.to_string().replace(config.url.expose(), &url);
        let remedy = remedy(&reason).unwrap_or("check DATABASE_URL");
        Self::Open { url, reason, remedy }
    }

    /// What stopped the work on a database that was opened.
    ///
    /// Takes any error, since a statement's failure arrives wrapped by the feature that made it.
    pub fn failed(error: &impl std::fmt::Display) -> Self {
        let reason = error.to_string();
        let remedy = remedy(&reason).unwrap_or("`bellwether doctor` may tell more");
        Self::Failed { reason, remedy }
    }
}

impl Database {
    /// Opens the pool; makes the SQLite file and its folder if absent.
    pub async fn connect(config: &DatabaseConfig) -> Result<Self, DatabaseError> {
        if let Some(file) = config.sqlite_file() {
            create_folder(&file)?;
        }
        let mut options = ConnectOptions::new(config.url.expose());
        options
            .max_connections(config.max_connections)
            .acquire_timeout(CONNECT_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .test_before_acquire_if_idle_for(LONGEST_TRUST)
            .sqlx_logging_level(LevelFilter::Trace)
            .sqlx_slow_statements_logging_settings(LevelFilter::Warn, Duration::from_secs(1))
            .map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    // With a write-ahead log NORMAL can lose the last commits to a power cut, never the database.
                    .synchronous(SqliteSynchronous::Normal)
                    .busy_timeout(BUSY_TIMEOUT)
                    // Each connection keeps its own.
                    .statement_cache_capacity(32)
                    .foreign_keys(true)
                    .pragma("temp_store", "memory")
                    .pragma("journal_size_limit", "67108864")
            });
        let mut connection =
            sea_orm::Database::connect(options).await.map_err(|error| DatabaseError::open(config, &error))?;
        let statements = Arc::new(AtomicU64::new(0));
        let counter = statements.clone();
        let total = metrics::counter!("bellwether_sql_statements_total");
        let changes = Changes::default();
        let written = changes.clone();
        connection.set_metric_callback(move |info| {
            counter.fetch_add(1, Ordering::Relaxed);
            total.increment(1);
            if !info.statement.sql.starts_with("SELECT") {
                written.count();
            }
        });
        Ok(Self { connection, statements, changes, half: patience::Half::of(config.max_connections) })
    }

    /// Whether `connect` could make the SQLite `file`, which is not there yet; leaves nothing behind.
    pub fn check_absent(config: &DatabaseConfig, file: &Path) -> Result<(), DatabaseError> {
        url::Url::parse(config.url.expose()).map_err(|error| {
            let error = format!("the URL cannot be parsed: {error}");
            DatabaseError::open(config, &DbErr::Custom(error))
        })?;
        let folder = folder(file);
        let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
        // Who may write is known to the system alone, so a file is made that has no name and goes at once.
        tempfile::tempfile_in(there)
            .map(drop)
            .map_err(|reason| DatabaseError::Folder { folder: folder.display().to_string(), reason })
    }

    /// The pool, for reads and for single statements.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Begins a transaction that writes.
    ///
    /// On SQLite it takes the write lock at once: a deferred one that reads first fails when another writer came between.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        let mode = Some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..Default::default() };
        Ok(Transaction::new(self.begin_with(options).await?, self.changes.clone()))
    }

    /// Begins a transaction that reads, and sees the database as it is at its first read, whatever others write meanwhile.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        // On SQLite a deferred transaction is one already.
        let (isolation_level, access_mode) = match self.backend() {
            DbBackend::Sqlite => (None, None),
            _ => (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)),
        };
        let options = TransactionOptions { isolation_level, access_mode, ..Default::default() };
        self.begin_with(options).await
    }

    /// In a task of its own: who stops waiting for BEGIN would give a connection back to the pool that is within a
    /// transaction, and whatever ran on it next would never be committed.
    async fn begin_with(&self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        let connection = self.connection.clone();
        let begin = tokio::spawn(async move { connection.begin_with_options(options).await });
        begin.await.unwrap_or_else(|error| Err(DbErr::Conn(RuntimeErr::Internal(error.to_string()))))
    }

    pub fn backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    /// What this process changed: see there.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// How many statements this pool has run, for tests that count them.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// The same pool, telling `watch` of every statement instead of counting it; for tests that look at plans.
    #[must_use]
    pub fn watched(&self, watch: impl Fn(&Statement) + Send + Sync + 'static) -> Self {
        let mut watched = self.clone();
        watched.connection.set_metric_callback(move |info| watch(info.statement));
        watched
    }

    /// Succeeds when the database answers.
    pub async fn check(&self) -> Result<(), DbErr> {
        self.connection.ping().await
    }
}

/// Whether `error` says that the database is busy or gone, and may answer later.
pub fn is_busy(error: &DbErr) -> bool {
    let gone = ["database is locked", "error communicating with database", "terminating connection"];
    let text = error.to_string();
    gone.iter().any(|sign| text.contains(sign))
        || matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_))
}

fn create_folder(file: &Path) -> Result<(), DatabaseError> {
    let folder = folder(file);
    std::fs::create_dir_all(folder)
        .map_err(|reason| DatabaseError::Folder { folder: folder.display().to_string(), reason })
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What to do about a failure, by what the databases say of it.
fn remedy(reason: &str) -> Option<&'static str> {
    let text = reason.to_lowercase();
    let known = [
        (
            "parsed",
            "percent-encode special characters in it: %23 for #, %2F for /, %40 for @, %20 for a space",
        ),
        ("refused", "start PostgreSQL there, or correct host and port in DATABASE_URL"),
        ("lookup", "correct the host name in DATABASE_URL"),
        ("password", "correct user and password in DATABASE_URL"),
        ("role", "create the role, or correct the user in DATABASE_URL"),
        ("does not exist", "create it with `createdb`, or correct the database's name in DATABASE_URL"),
        ("not a database", "the file is not SQLite; move it away, or point DATABASE_URL elsewhere"),
        ("readonly", "make the file and its folder writable"),
        ("unable to open", "make the file and its folder writable, or point DATABASE_URL elsewhere"),
        ("read-only", "let DATABASE_URL name the primary server, which can be written"),
        ("full", "free space on the disk"),
        ("no space", "free space on the disk"),
        ("locked", "another process writes for long; stop it or wait"),
        // A refused connection is tried again until the time is up.
        ("timed out", "start PostgreSQL there, or correct host and port in DATABASE_URL"),
    ];
    known.iter().find(|(sign, _)| text.contains(sign)).map(|(_, remedy)| *remedy)
}
