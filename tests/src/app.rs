//! A whole product for one test.

use crate::{Socket, database::TestDatabase, secret, vendor};
use api::schema::{self, Schema};
use async_graphql::Executor as _;
use domain::{
    admin::job,
    identity::{Access, Gatekeeper},
    news::FindCopies,
};
use jobs::Job as _;
use platform::{
    Platform,
    bucket::Bucket,
    bus,
    clock::Clock,
    config::{Config, MailTransport, ModelName, ModelsConfig, RedisConfig},
    database::Database,
    limit::Limiter,
    vault::{MasterKey, MasterKeySource, Vault},
};
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tempfile::TempDir;
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use worker::{Sources, Worker};

/// Nobody listens there: no test calls a real vendor.
const NOWHERE: &str = "http://127.0.0.1:9";

/// For the last jobs of a test.
const PATIENCE: Duration = Duration::from_secs(30);

/// A product with a database of its own. End the test with `finish`.
pub struct TestApp {
    pub platform: Platform,
    /// In a box, since every test's future holds it.
    pub config: Box<Config>,
    pub schema: Schema,
    pub gatekeeper: Gatekeeper,
    /// Where mails go.
    pub mails: TempDir,
    /// Where models lie.
    pub models: TempDir,
    database: Option<TestDatabase>,
    server: Option<(SocketAddr, CancellationToken, tokio::task::JoinHandle<()>)>,
}

impl TestApp {
    /// An empty product at the system's time.
    pub async fn start() -> Self {
        Self::start_at(Clock::system()).await
    }

    /// An empty product at `time`, which stands still.
    pub async fn start_on(time: &str) -> Self {
        Self::start_at(Clock::fixed(time.parse().unwrap())).await
    }

    /// An empty product over `redis`.
    pub async fn start_over(redis: RedisConfig) -> Self {
        Self::start_with(Clock::system(), Some(redis), |_| {}).await
    }

    async fn start_at(clock: Clock) -> Self {
        Self::start_with(clock, redis(), |_| {}).await
    }

    /// An empty product at the system's time, set up as `change` says.
    pub async fn start_configured(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_with(Clock::system(), redis(), change).await
    }

    async fn start_with(clock: Clock, redis: Option<RedisConfig>, change: impl FnOnce(&mut Config)) -> Self {
        secret::log_loudly();
        let database = TestDatabase::create().await;
        let mut config = Box::new(Config::from_figment(figment::Figment::new()).unwrap());
        config.database = database.config();
        config.redis = redis;
        config.simulate = Some(false);
        config.providers = vendor::config(NOWHERE);
        // Its scores are published, so that tests can say what is to come out.
        (config.sentiment.social, config.sentiment.news) = (ModelName::Vader, ModelName::Vader);
        config.master_key = MasterKeySource::Value(MasterKey::generate());
        let mails = TempDir::new().unwrap();
        config.mail.transport = MailTransport::Folder(mails.path().to_owned());
        let models = TempDir::new().unwrap();
        config.models = ModelsConfig::within(models.path().to_owned());
        change(&mut config);
        if let MasterKeySource::Value(key) = &config.master_key {
            secret::note(&key.to_base64());
        }
        let platform = connect(&config, clock).await;
        migration::up(platform.db.connection()).await.unwrap();
        let gatekeeper = Gatekeeper::start(&platform);
        let schema = schema::build(&platform, &gatekeeper, &config);
        Self { platform, config, schema, gatekeeper, mails, models, database: Some(database), server: None }
    }

    /// A second process on the same database and Redis.
    pub async fn another_platform(&self) -> Platform {
        connect(&self.config, self.platform.clock.clone()).await
    }

    pub fn database_url(&self) -> String {
        self.database.as_ref().unwrap().url()
    }

    /// The master key, for processes that shall open what this product sealed.
    pub fn master_key(&self) -> String {
        match &self.config.master_key {
            MasterKeySource::Value(key) => key.to_base64().to_string(),
            MasterKeySource::File(file) => panic!("it is in {}", file.display()),
        }
    }

    /// The environment of a process over the same database, Redis and models, without sources.
    pub fn settings(&self) -> Vec<(String, String)> {
        let mut settings = vec![
            ("DATABASE_URL".to_owned(), self.database_url()),
            ("BELLWETHER_SIMULATE".to_owned(), "false".to_owned()),
            ("BELLWETHER_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
            ("BELLWETHER_MODELS__FOLDER".to_owned(), self.models.path().display().to_string()),
        ];
        settings.extend(vendor::settings(NOWHERE));
        if let Some(redis) = &self.config.redis {
            settings.push(("REDIS_URL".to_owned(), redis.url.expose().to_owned()));
            settings.push(("BELLWETHER_REDIS__PREFIX".to_owned(), redis.prefix.clone()));
        }
        settings
    }

    /// Executes a query in the process; the whole response.
    pub async fn graphql(&self, query: &str, variables: Value) -> Value {
        self.execute(query, variables, Access::default()).await
    }

    /// Executes a document for whom `access` stands; the whole response.
    pub async fn execute(&self, query: &str, variables: Value, access: Access) -> Value {
        secret::note_literals(query);
        secret::note_all(&variables);
        let variables = async_graphql::Variables::from_json(variables);
        let request = async_graphql::Request::new(query).variables(variables).data(access);
        let response = serde_json::to_value(self.schema.execute(request).await).unwrap();
        secret::note_all(&response["data"]);
        response
    }

    /// Executes a query that must succeed; its data.
    pub async fn data(&self, query: &str) -> Value {
        let mut response = self.graphql(query, json!({})).await;
        assert_eq!(response.get("errors"), None, "{query}");
        response["data"].take()
    }

    /// Executes a query that must fail; code and field of the first error.
    pub async fn error(&self, query: &str) -> (String, String) {
        let response = self.graphql(query, json!({})).await;
        let extensions = &response["errors"][0]["extensions"];
        let text = |name: &str| extensions[name].as_str().unwrap_or_default().to_owned();
        (text("code"), text("field"))
    }

    /// How many SQL statements `query` takes.
    pub async fn statements(&self, query: &str) -> u64 {
        let mut fewest = u64::MAX;
        // The feeds look at their tables now and then, which can only add to the count.
        for _ in 0..3 {
            let before = self.platform.db.statements();
            self.data(query).await;
            fewest = fewest.min(self.platform.db.statements() - before);
        }
        fewest
    }

    /// Runs all jobs to their ends.
    pub async fn run_jobs(&self) {
        self.worker().drain(None).await.unwrap();
    }

    /// A worker without sources.
    pub fn worker(&self) -> Worker {
        Worker::new(&self.platform, Sources::default(), &self.config).unwrap()
    }

    /// The address of a real server over this product.
    pub async fn serve(&mut self) -> SocketAddr {
        if let Some((address, ..)) = &self.server {
            return *address;
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let (platform, config, token) = (self.platform.clone(), self.config.clone(), shutdown.clone());
        let task = tokio::spawn(async move {
            api::command::serve_on(listener, &platform, &config, &token).await;
        });
        self.server = Some((address, shutdown, task));
        address
    }

    /// Opens a socket and initialises the connection.
    pub async fn socket(&mut self) -> Socket {
        Socket::open(self.serve().await).await
    }

    /// Stops the server as SIGTERM would.
    pub async fn stop_serving(&mut self) {
        if let Some((_, shutdown, task)) = self.server.take() {
            shutdown.cancel();
            task.await.unwrap();
        }
    }

    /// Ends the test: no job may be left, and the database goes.
    pub async fn finish(mut self) {
        self.stop_serving().await;
        // Scoring old posts leaves the search for copies to a worker; tests that run one stop it when they have seen enough.
        let worker = self.worker();
        let _ = timeout(PATIENCE, Box::pin(worker.drain(Some(FindCopies::KIND)))).await;
        let filter = job::Filter {
            states: vec![job::State::Queued, job::State::Running, job::State::Failed],
            ..job::Filter::default()
        };
        let left = job::count(self.platform.db.connection(), &filter).await.unwrap();
        assert_eq!(left, 0, "jobs are left over or failed");
        self.discard().await;
    }

    /// Ends a test that leaves jobs behind on purpose.
    pub async fn discard(mut self) {
        self.stop_serving().await;
        let database = self.database.take().unwrap();
        database.remove().await;
    }
}

impl std::fmt::Debug for TestApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TestApp")
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        assert!(self.database.is_none() || std::thread::panicking(), "end the test with finish or discard");
    }
}

async fn connect(config: &Config, clock: Clock) -> Platform {
    let db = Database::connect(&config.database).await.unwrap();
    let vault = Vault::new(db.clone(), clock.clone(), config.master_key.clone());
    let redis = config.redis.as_ref();
    let limiter = Limiter::new(clock.clone(), redis).unwrap();
    let google = config.google.clone().map(platform::openid::Provider::new).transpose().unwrap();
    let bucket = config.bucket.as_ref().map(Bucket::new).transpose().unwrap();
    Platform { db, bus: bus::connect(redis).unwrap(), clock, vault, limiter, google, bucket }
}

/// Redis under a prefix of its own, if there is one.
fn redis() -> Option<RedisConfig> {
    let url = std::env::var("BELLWETHER_TEST_REDIS_URL").ok()?;
    Some(RedisConfig { url: url.parse().unwrap(), prefix: format!("test:{}", Uuid::now_v7().simple()) })
}
