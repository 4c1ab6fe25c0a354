//! The vendors' clients over HTTP, and what becomes of a vendor's failures.

mod alpha_vantage;
mod budget;
mod chaos;
mod failover;
mod finnhub;
mod hostile;
mod line;
mod marketaux;
mod newsapi;
mod reddit;
mod scrape;
mod simulation;
mod trades;
mod yahoo;

use chrono::{DateTime, Utc};
use domain::{
    SourceKind,
    admin::{provider, usage},
    market::watchlist,
    news::NewPost,
};
use sea_orm::EntityTrait as _;
use serde_json::json;
use std::time::Duration;
use tests::{Article, TestApp, VENDOR_KEY, Vendors, build};
use worker::{
    Sources, Supply, Worker,
    source::{self, PostSource, VendorError},
};

/// A Monday, two hours after the opening bell in New York.
pub const NOON: &str = "2026-03-02T16:30:00Z";
/// Slow drips end then.
const PATIENCE: Duration = Duration::from_millis(400);

/// A product, the vendors it knows and clients for them.
pub struct Desk {
    pub app: TestApp,
    pub vendors: Vendors,
    pub clients: source::Vendors,
}

impl Desk {
    /// With a credential for each of `kinds`.
    pub async fn open(kinds: &[SourceKind]) -> Self {
        Self::open_with(kinds, |_| {}).await
    }

    pub async fn open_with(kinds: &[SourceKind], change: impl FnOnce(&mut platform::config::Config)) -> Self {
        let vendors = Vendors::start().await;
        let mut app = TestApp::start_on(NOON).await;
        app.config.providers = vendors.config();
        app.config.providers.subreddits.0 = vec!["stocks".to_owned()];
        // The clock leaps, and a lease must survive it.
        app.config.jobs.lease = Duration::from_hours(1000);
        change(&mut app.config);
        let clients = source::Vendors::patient(&app.platform, app.config.providers.clone(), PATIENCE);
        let desk = Self { app, vendors, clients };
        for kind in kinds {
            desk.give(*kind, VENDOR_KEY).await;
        }
        desk
    }

    /// Gives a credential as an administrator does, without the test of it.
    pub async fn give(&self, kind: SourceKind, secret: &str) {
        use entity::admin::provider_credential::{Entity, Model};
        use sea_orm::{ActiveModelTrait as _, IntoActiveModel as _};
        let platform = &self.app.platform;
        let name = json!(kind);
        let purpose = format!("admin.provider_credential.{}", name.as_str().unwrap());
        let sealed = platform.vault.seal(&purpose, secret.as_bytes()).await.unwrap();
        let row = Model {
            provider: kind,
            sealed,
            last_four: "…".to_owned(),
            known_at: platform.clock.now(),
            expires_at: None,
            reminder: None,
        };
        let db = platform.db.connection();
        Entity::delete_by_id(kind).exec(db).await.unwrap();
        Entity::insert(row.into_active_model().reset_all()).exec_without_returning(db).await.unwrap();
    }

    pub async fn take_away(&self, kind: SourceKind) {
        let db = self.app.platform.db.connection();
        entity::admin::provider_credential::Entity::delete_by_id(kind).exec(db).await.unwrap();
    }

    /// A worker that calls these vendors.
    pub fn worker(&self) -> Worker {
        let supply = self.supply();
        Worker::supplied(&self.app.platform, supply, &self.app.config).unwrap()
    }

    /// Runs the jobs of a kind to their ends, while time passes.
    pub async fn drain(&self, worker: &Worker, kind: &str) {
        let clock = &self.app.platform.clock;
        let passing = async {
            loop {
                tokio::time::sleep(Duration::from_millis(20)).await;
                clock.sleep(Duration::from_secs(10)).await;
                // A job that is due again by now is looked for at once.
                self.app.platform.bus.publish(jobs::TOPIC, String::new()).await;
            }
        };
        tokio::select! {
            result = worker.drain(Some(kind)) => result.unwrap(),
            () = passing => {}
        }
    }

    pub fn supply(&self) -> Supply {
        let sources = Sources::of(&self.app.config, &self.app.platform.clock);
        let supply = Supply::new(&self.app.platform, sources, &self.app.config);
        supply.with_vendors(self.clients.clone())
    }

    pub async fn watch(&self, symbols: &[&str]) {
        build::stocks(&self.app.platform, symbols).await;
        let symbols: Vec<_> = symbols.iter().map(|text| build::symbol(text)).collect();
        watchlist::add(&self.app.platform, &symbols).await.unwrap();
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.app.platform.clock.now()
    }

    pub fn move_to(&self, time: &str) {
        self.app.platform.clock.set(build::time(time));
    }

    /// What a source gives of the last day.
    pub async fn collect(
        &self,
        source: &dyn PostSource,
        symbols: &[&str],
    ) -> Result<Vec<NewPost>, VendorError> {
        let symbols: Vec<_> = symbols.iter().map(|text| build::symbol(text)).collect();
        source.collect(&symbols, self.now() - chrono::TimeDelta::days(1)..self.now()).await
    }

    /// How a vendor stands.
    pub async fn provider(&self, kind: SourceKind) -> provider::Provider {
        let db = self.app.platform.db.connection();
        let all = provider::list(db, self.now()).await.unwrap();
        all.into_iter().find(|one| one.kind == kind).unwrap()
    }

    pub async fn used(&self, kind: SourceKind) -> i64 {
        let db = self.app.platform.db.connection();
        usage::of(db, kind, self.now()).await.unwrap().today.used
    }
}

/// An article of so many hours ago.
pub fn article(desk: &Desk, id: &str, symbol: &str, hours: i64) -> Article {
    Article {
        id: id.to_owned(),
        symbol: symbol.to_owned(),
        title: format!("Title {id}"),
        body: format!("Body {id} of ${symbol}"),
        url: format!("https://news.example.com/{id}"),
        publisher: "Wire".to_owned(),
        at: desk.now() - chrono::TimeDelta::hours(hours),
    }
}

pub fn ids(posts: &[NewPost]) -> Vec<&str> {
    posts.iter().map(|post| post.external_id.as_str()).collect()
}
