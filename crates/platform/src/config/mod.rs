//! Settings: environment over `bellwether.toml` over defaults, all checked at start.

mod archives;
mod bucket;
mod google;
mod http;
mod limits;
mod mail;
mod models;
mod persisted;
mod providers;
mod reader;
mod secret_url;
mod sentiment;
mod setting;

pub use archives::ArchivesConfig;
pub use bucket::BucketConfig;
pub use google::GoogleConfig;
pub use http::{BaseUrl, HttpConfig, Origin};
pub use limits::LimitsConfig;
pub use mail::{MailConfig, MailTransport};
pub use models::ModelsConfig;
pub use persisted::{Manifest, PersistedConfig, document_id};
pub use providers::{ProviderLimits, ProvidersConfig, SocketUrl, Subreddits, VendorLimits};
pub use reader::{ConfigError, Problem};
pub use secret_url::SecretUrl;
pub use sentiment::{ModelName, SentimentConfig};
pub use setting::{SETTINGS, Setting};

use crate::vault::MasterKeySource;
use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use reader::Reader;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use std::{net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

/// Everything that can be set, parsed and checked.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    pub http: HttpConfig,
    pub limits: LimitsConfig,
    pub persisted: PersistedConfig,
    pub environment: Environment,
    /// Whether the simulated market stands in for vendors; absent: until one can be called.
    pub simulate: Option<bool>,
    pub worker: WorkerMode,
    pub database: DatabaseConfig,
    /// Absent: the bus lives in the process.
    pub redis: Option<RedisConfig>,
    pub master_key: MasterKeySource,
    pub mail: MailConfig,
    /// Absent: nobody signs in with Google.
    pub google: Option<GoogleConfig>,
    pub bucket: Option<BucketConfig>,
    pub providers: ProvidersConfig,
    pub sentiment: SentimentConfig,
    pub models: ModelsConfig,
    pub archives: ArchivesConfig,
    pub jobs: JobsConfig,
    pub simulation: SimulationConfig,
    pub log: LogConfig,
}

/// Where the process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    Development,
    Production,
}

/// Where jobs run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerMode {
    /// Within `bellwether serve`.
    Embedded,
    /// In `bellwether-worker` processes.
    Separate,
}

/// Which database, and how many connections to it.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    pub url: SecretUrl,
    pub max_connections: u32,
}

/// Which Redis, and the prefix of everything in it.
#[derive(Clone, Debug)]
pub struct RedisConfig {
    pub url: SecretUrl,
    pub prefix: String,
}

/// How jobs are run.
#[derive(Clone, Copy, Debug)]
pub struct JobsConfig {
    /// How many at a time in one process.
    pub concurrency: usize,
    /// How long a silent worker keeps its jobs.
    pub lease: Duration,
    /// How long running jobs may take to end at shutdown.
    pub grace: Duration,
}

/// The simulated market.
#[derive(Clone, Copy, Debug)]
pub struct SimulationConfig {
    /// The same seed makes the same market.
    pub seed: u64,
    /// Days of prices made at the first start.
    pub history_days: u32,
    /// Days of posts made at the first start.
    pub post_days: u32,
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// `tracing` directives.
    pub filter: String,
    pub json: bool,
}

/// Directives that `tracing` understands.
struct LogFilter(String);

impl FromStr for LogFilter {
    type Err = tracing_subscriber::filter::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        tracing_subscriber::EnvFilter::try_new(text).map(|_| Self(text.to_owned()))
    }
}

impl DatabaseConfig {
    /// The file of an SQLite database.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let url = self.url.expose();
        let options: SqliteConnectOptions = url.starts_with("sqlite:").then(|| url.parse().ok())??;
        Some(options.get_filename().to_owned())
    }
}

impl Config {
    /// The log filter when none is set.
    pub const DEFAULT_FILTER: &str = "info,sea_orm_migration=warn,sqlx=warn";

    /// Reads the environment and `bellwether.toml` in the working folder.
    pub fn load() -> Result<Self, ConfigError> {
        let sources = Figment::new()
            .merge(Toml::file("bellwether.toml"))
            .merge(Env::prefixed("BELLWETHER_").split("__"))
            .merge(Env::raw().only(&["DATABASE_URL", "REDIS_URL"]))
            // As all programs know it that load this library.
            .merge(Env::raw().only(&["ORT_DYLIB_PATH"]).map(|_| "models.runtime".into()));
        Self::from_figment(sources)
    }

    /// Reads the given sources; reports every problem at once.
    pub fn from_figment(sources: Figment) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(sources);
        let redis_url = reader.url("redis_url", &["redis://", "rediss://"]);
        let production = reader.choice("env", &[("development", false), ("production", true)]);
        let worker = reader.optional_choice(
            "worker",
            &[("embedded", WorkerMode::Embedded), ("separate", WorkerMode::Separate)],
        );
        let config = Self {
            listen: reader.required("listen"),
            http: HttpConfig::read(&mut reader),
            limits: LimitsConfig::read(&mut reader, production),
            persisted: PersistedConfig::read(&mut reader),
            environment: if production { Environment::Production } else { Environment::Development },
            simulate: reader.optional_choice("simulate", &[("true", true), ("false", false)]),
            worker: worker.unwrap_or(if redis_url.is_some() {
                WorkerMode::Separate
            } else {
                WorkerMode::Embedded
            }),
            database: DatabaseConfig {
                url: reader
                    .url("database_url", &["sqlite:", "postgres://", "postgresql://"])
                    .unwrap_or_else(|| reader.required("database_url")),
                max_connections: reader.number("database.max_connections", 2..=200),
            },
            redis: redis_url.map(|url| RedisConfig { url, prefix: reader.word("redis.prefix") }),
            master_key: match reader.secret("master_key") {
                Some(key) => MasterKeySource::Value(key),
                None => MasterKeySource::File(reader.required("master_key_file")),
            },
            mail: MailConfig::read(&mut reader),
            google: GoogleConfig::read(&mut reader),
            bucket: BucketConfig::read(&mut reader),
            providers: ProvidersConfig::read(&mut reader),
            sentiment: SentimentConfig::read(&mut reader),
            models: ModelsConfig::read(&mut reader),
            archives: ArchivesConfig::read(&mut reader),
            jobs: JobsConfig {
                concurrency: reader.number("jobs.concurrency", 1..=64),
                lease: Duration::from_secs(reader.number("jobs.lease_seconds", 2..=3600)),
                grace: Duration::from_secs(reader.number("jobs.grace_seconds", 0..=600)),
            },
            simulation: SimulationConfig {
                seed: reader.number("simulation.seed", 0..=u64::MAX),
                history_days: reader.number("simulation.history_days", 10..=1500),
                post_days: reader.number("simulation.post_days", 0..=365),
            },
            log: LogConfig {
                filter: reader.required::<LogFilter>("log.filter").0,
                json: reader
                    .optional_choice("log.format", &[("text", false), ("json", true)])
                    .unwrap_or(production),
            },
        };
        reader.finish(config)
    }
}

/// What a file with this text makes, or the report of its problems.
#[cfg(test)]
fn load(toml: &str) -> Result<Config, String> {
    Config::from_figment(Figment::from(Toml::string(toml))).map_err(|error| error.to_string())
}
