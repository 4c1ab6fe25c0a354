//! The list of all settings: what `Config` reads, `doctor` prints and the README documents.

mod provider;

use provider::PROVIDERS;

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its path in `bellwether.toml`.
    pub key: &'static str,
    /// Its environment variable.
    pub variable: &'static str,
    /// Empty: none.
    pub default: &'static str,
    /// What a value looks like.
    pub shape: &'static str,
    pub about: &'static str,
}

const fn setting(
    key: &'static str,
    variable: &'static str,
    default: &'static str,
    shape: &'static str,
    about: &'static str,
) -> Setting {
    Setting { key, variable, default, shape, about }
}

/// All settings, in the order of the README; those of the vendors come last.
pub const SETTINGS: &[Setting] = &{
    let mut all = [COMMON[0]; COMMON.len() + PROVIDERS.len()];
    let mut index = 0;
    while index < all.len() {
        all[index] = if index < COMMON.len() { COMMON[index] } else { PROVIDERS[index - COMMON.len()] };
        index += 1;
    }
    all
};

const COMMON: &[Setting] = &[
    setting(
        "listen",
        "BELLWETHER_LISTEN",
        "127.0.0.1:8000",
        "an address and port, such as 127.0.0.1:8000 or 0.0.0.0:8000",
        "where the API listens",
    ),
    setting(
        "public_url",
        "BELLWETHER_PUBLIC_URL",
        "http://127.0.0.1:8000",
        "an address as browsers know it, such as https://bellwether.example.com",
        "the address as browsers know it",
    ),
    setting(
        "database_url",
        "DATABASE_URL",
        "sqlite://data/bellwether.db",
        "sqlite://path/to/file.db or postgres://user:password@host:5432/name",
        "the database; an SQLite file is made if absent",
    ),
    setting(
        "redis_url",
        "REDIS_URL",
        "",
        "redis://host:6379 or rediss://user:password@host:6379",
        "the bus between processes; without it the bus lives in the process",
    ),
    setting(
        "env",
        "BELLWETHER_ENV",
        "development",
        "development or production",
        "production turns off GraphiQL and introspection and logs JSON",
    ),
    setting(
        "simulate",
        "BELLWETHER_SIMULATE",
        "",
        "true or false",
        "whether the simulated market stands in for vendors; default true until one can be called",
    ),
    setting(
        "worker",
        "BELLWETHER_WORKER",
        "",
        "embedded or separate",
        "where jobs run; default embedded without Redis, else separate",
    ),
    setting(
        "master_key",
        "BELLWETHER_MASTER_KEY",
        "",
        "the base64 of 32 bytes, such as `openssl rand -base64 32` prints",
        "the key that protects stored secrets",
    ),
    setting(
        "master_key_file",
        "BELLWETHER_MASTER_KEY_FILE",
        "data/master.key",
        "the path of a file",
        "where the master key is kept when BELLWETHER_MASTER_KEY is not set; made if absent",
    ),
    setting(
        "persisted_operations",
        "BELLWETHER_PERSISTED_OPERATIONS",
        "",
        "the path of a manifest of documents, as relay-compiler or Apollo write it",
        "documents that clients name by their SHA-256",
    ),
    setting(
        "persisted_operations_only",
        "BELLWETHER_PERSISTED_OPERATIONS_ONLY",
        "false",
        "true or false",
        "whether other documents are refused",
    ),
    setting(
        "http.trusted_proxies",
        "BELLWETHER_HTTP__TRUSTED_PROXIES",
        "",
        "networks with commas between them, such as 10.0.0.0/8,127.0.0.1/32",
        "the proxies whose word on a client's address is taken",
    ),
    setting(
        "http.cors_origins",
        "BELLWETHER_HTTP__CORS_ORIGINS",
        "",
        "origins with commas between them, such as https://app.example.com,http://localhost:5173",
        "the sites whose pages may call the API from a browser",
    ),
    setting(
        "http.reuse_port",
        "BELLWETHER_HTTP__REUSE_PORT",
        "false",
        "true or false",
        "whether several processes may listen on one port and share its connections",
    ),
    setting(
        "limits.enforce",
        "BELLWETHER_LIMITS__ENFORCE",
        "",
        "true or false",
        "whether requests are limited; default true in production, else false",
    ),
    setting(
        "limits.reads_per_minute",
        "BELLWETHER_LIMITS__READS_PER_MINUTE",
        "200",
        "a whole number from 1 to 100000",
        "queries and subscriptions of one account or anonymous address",
    ),
    setting(
        "limits.writes_per_minute",
        "BELLWETHER_LIMITS__WRITES_PER_MINUTE",
        "20",
        "a whole number from 1 to 100000",
        "mutations of one account or anonymous address",
    ),
    setting(
        "limits.predicts_per_minute",
        "BELLWETHER_LIMITS__PREDICTS_PER_MINUTE",
        "10",
        "a whole number from 1 to 100000",
        "predictions on demand of one account or anonymous address",
    ),
    setting(
        "limits.destructive_per_day",
        "BELLWETHER_LIMITS__DESTRUCTIVE_PER_DAY",
        "2",
        "a whole number from 1 to 1000",
        "mutations of one account that can't be undone",
    ),
    setting(
        "limits.requests_per_hour",
        "BELLWETHER_LIMITS__REQUESTS_PER_HOUR",
        "1000",
        "a whole number from 1 to 10000000",
        "requests of one account or anonymous address; an API key has a number of its own within it",
    ),
    setting(
        "limits.sockets",
        "BELLWETHER_LIMITS__SOCKETS",
        "100",
        "a whole number from 1 to 1000000",
        "sockets of one address at a time",
    ),
    setting(
        "mail.url",
        "BELLWETHER_MAIL__URL",
        "",
        "smtps://user:password@host:465 or smtp://user:password@host:587?tls=required",
        "the SMTP server; without one mails become files",
    ),
    setting(
        "mail.from",
        "BELLWETHER_MAIL__FROM",
        "Bellwether <bellwether@localhost>",
        "a sender, such as Bellwether <bellwether@example.com>",
        "who sends the mails",
    ),
    setting(
        "mail.folder",
        "BELLWETHER_MAIL__FOLDER",
        "data/mail",
        "the path of a folder",
        "where mails become files without an SMTP server",
    ),
    setting(
        "google.client_id",
        "BELLWETHER_GOOGLE__CLIENT_ID",
        "",
        "the client ID from Google's console, together with BELLWETHER_GOOGLE__CLIENT_SECRET",
        "lets users sign in with Google",
    ),
    setting(
        "google.client_secret",
        "BELLWETHER_GOOGLE__CLIENT_SECRET",
        "",
        "the client secret from Google's console, together with BELLWETHER_GOOGLE__CLIENT_ID",
        "proves to Google who asks",
    ),
    setting(
        "google.issuer",
        "BELLWETHER_GOOGLE__ISSUER",
        "https://accounts.google.com",
        "the address of an OpenID Connect issuer",
        "who vouches for those users",
    ),
    setting(
        "sentiment.social",
        "BELLWETHER_SENTIMENT__SOCIAL",
        "finance",
        "finance, vader, compact or finbert",
        "the model that scores posts and comments",
    ),
    setting(
        "sentiment.news",
        "BELLWETHER_SENTIMENT__NEWS",
        "finance",
        "finance, vader, compact or finbert",
        "the model that scores articles and headlines",
    ),
    setting(
        "sentiment.fallback",
        "BELLWETHER_SENTIMENT__FALLBACK",
        "finance",
        "finance or vader",
        "the model that scores where another is missing or fails",
    ),
    setting(
        "sentiment.least_quality",
        "BELLWETHER_SENTIMENT__LEAST_QUALITY",
        "30",
        "a whole number from 0 to 100",
        "posts of a lower quality are not scored",
    ),
    setting(
        "sentiment.good_quality",
        "BELLWETHER_SENTIMENT__GOOD_QUALITY",
        "50",
        "a whole number from 0 to 100",
        "posts from this quality on are marked as good",
    ),
    setting(
        "bucket.url",
        "BELLWETHER_BUCKET",
        "",
        "s3://name or s3://name/prefix",
        "a bucket that speaks S3, where forecasting models lie for all machines",
    ),
    setting(
        "bucket.endpoint",
        "AWS_ENDPOINT_URL",
        "",
        "a URL that begins with https:// or http://",
        "the service that has the bucket; Amazon's own if empty",
    ),
    setting("bucket.region", "AWS_REGION", "us-east-1", "a word without spaces", "where the bucket is"),
    setting(
        "bucket.access_key_id",
        "AWS_ACCESS_KEY_ID",
        "",
        "a key's id",
        "the key to the bucket; what the machine's role is given if empty",
    ),
    setting("bucket.secret_access_key", "AWS_SECRET_ACCESS_KEY", "", "a key's secret", "its secret"),
    setting(
        "models.folder",
        "BELLWETHER_MODELS__FOLDER",
        "data/models",
        "the path of a folder",
        "where models lie that are not built in, and ONNX Runtime",
    ),
    setting(
        "models.runtime",
        "ORT_DYLIB_PATH",
        "",
        "the path of the library of ONNX Runtime",
        "ONNX Runtime, where it lies elsewhere",
    ),
    setting(
        "models.threads",
        "BELLWETHER_MODELS__THREADS",
        "",
        "a whole number from 1 to 1000000",
        "threads of a model that ONNX Runtime runs; half of the cores if empty",
    ),
    setting(
        "models.promotes_if_better",
        "BELLWETHER_MODELS__PROMOTES_IF_BETTER",
        "true",
        "true or false",
        "whether a forecasting model that was trained anew answers if the gate does not object",
    ),
    setting(
        "sentiment.labelled_folder",
        "BELLWETHER_SENTIMENT__LABELLED_FOLDER",
        "data/labelled",
        "the path of a folder",
        "where files of labelled texts lie, on which all models are measured each week",
    ),
    setting(
        "archives.largest_upload_mb",
        "BELLWETHER_ARCHIVES__LARGEST_UPLOAD_MB",
        "256",
        "a whole number from 1 to 4096",
        "the largest file that administrators may send, in megabytes",
    ),
    setting(
        "database.max_connections",
        "BELLWETHER_DATABASE__MAX_CONNECTIONS",
        "8",
        "a whole number from 2 to 200",
        "connections per process",
    ),
    setting(
        "redis.prefix",
        "BELLWETHER_REDIS__PREFIX",
        "bellwether",
        "a word without spaces",
        "the start of every channel and key in Redis",
    ),
    setting(
        "jobs.concurrency",
        "BELLWETHER_JOBS__CONCURRENCY",
        "2",
        "a whole number from 1 to 64",
        "jobs at a time in one process",
    ),
    setting(
        "jobs.lease_seconds",
        "BELLWETHER_JOBS__LEASE_SECONDS",
        "30",
        "a whole number from 2 to 3600",
        "how long a dead worker keeps its jobs",
    ),
    setting(
        "jobs.grace_seconds",
        "BELLWETHER_JOBS__GRACE_SECONDS",
        "5",
        "a whole number from 0 to 600",
        "how long running jobs may take to end at shutdown",
    ),
    setting(
        "simulation.seed",
        "BELLWETHER_SIMULATION__SEED",
        "20261120",
        "a whole number",
        "the same seed makes the same market",
    ),
    setting(
        "simulation.history_days",
        "BELLWETHER_SIMULATION__HISTORY_DAYS",
        "730",
        "a whole number from 10 to 1500",
        "days of prices made at the first start",
    ),
    setting(
        "simulation.post_days",
        "BELLWETHER_SIMULATION__POST_DAYS",
        "30",
        "a whole number from 0 to 365",
        "days of posts made at the first start",
    ),
    setting(
        "log.filter",
        "BELLWETHER_LOG__FILTER",
        super::Config::DEFAULT_FILTER,
        "tracing directives, such as info or warn,domain=debug",
        "what is logged",
    ),
    setting(
        "log.format",
        "BELLWETHER_LOG__FORMAT",
        "",
        "text or json",
        "how it is logged; default text, json in production",
    ),
];
