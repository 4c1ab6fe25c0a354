//! One way to open and to write SQLite and PostgreSQL.

use crate::config::DatabaseConfig;
pub use sea_orm::DatabaseConnection;
use sea_orm::{
    ConnectOptions, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use std::{
    path::PathBuf,
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
}

/// Why the database can't be used, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error(
        "cannot create the folder {folder} for the database: {reason}; create it, or point DATABASE_URL elsewhere"
    )]
    Folder { folder: String, reason: std::io::Error },
    #[error("cannot open the database at {url}: {reason}; {remedy}")]
    Open { url: String, reason: String, remedy: &'static str },
}

impl DatabaseError {
    fn open(config: &DatabaseConfig, error: &DbErr) -> Self {
        let url = config.url.to_string();
        // What can't be parsed is quoted, with its password.
        let reason = error.to_string().replace(config.url.expose(), &url);
        Self::Open { url, reason, remedy: remedy(error) }
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
        connection.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
            total.increment(1);
        });
        Ok(Self { connection, statements })
    }

    /// The pool, for reads and for single statements.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Begins a transaction that writes.
    ///
    /// On SQLite it takes the write lock at once: a deferred one that reads first fails when another writer came between.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let mode = Some(SqliteTransactionMode::Immediate);
        self.connection
            .begin_with_options(TransactionOptions { sqlite_transaction_mode: mode, ..Default::default() })
            .await
    }

    pub fn backend(&self) -> DbBackend {
        self.connection.get_database_backend()
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

fn create_folder(file: &std::path::Path) -> Result<(), DatabaseError> {
    let folder = file.parent().map_or_else(PathBuf::new, PathBuf::from);
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    std::fs::create_dir_all(&folder)
        .map_err(|reason| DatabaseError::Folder { folder: folder.display().to_string(), reason })
}

fn remedy(error: &DbErr) -> &'static str {
    let text = error.to_string().to_lowercase();
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
        ("full", "free space on the disk"),
        ("locked", "another process writes for long; stop it or wait"),
        // A refused connection is tried again until the time is up.
        ("timed out", "start PostgreSQL there, or correct host and port in DATABASE_URL"),
    ];
    known.iter().find(|(sign, _)| text.contains(sign)).map_or("check DATABASE_URL", |(_, remedy)| remedy)
}
