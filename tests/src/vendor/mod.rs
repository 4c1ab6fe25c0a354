//! All vendors on this machine, each in its own wire shape.

mod alpha_vantage;
mod fault;
mod finnhub;
mod gdelt;
mod marketaux;
mod newsapi;
mod place;
mod reddit;
mod trades;
mod world;
mod yahoo;

pub use fault::{Chaos, Fault};
pub(crate) use place::{config, settings};
pub use world::{Article, Bar};

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    middleware,
    response::{IntoResponse as _, Response},
    routing::{any, get, post},
};
use chrono::{DateTime, Utc};
use platform::config::ProvidersConfig;
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;
use world::World;

/// The one credential that all of them take.
pub const VENDOR_KEY: &str = "sandbox:d3m0-9f8e7d6c5b4a";

/// How the vendors feel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Good,
    /// Enough was asked.
    Limited,
    /// They are down, behind a proxy that says so.
    Down,
    /// They answer with a page for people.
    Strange,
}

/// The vendors; they go when dropped.
#[derive(Debug)]
pub struct Vendors {
    pub url: String,
    shared: Arc<Shared>,
    _server: AbortOnDropHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    mood: Mutex<Mood>,
    world: Mutex<World>,
    faults: fault::Faults,
    /// Vendor and path with query of each request.
    calls: Mutex<Vec<String>>,
}

type State = axum::extract::State<Arc<Shared>>;
type Parameters = axum::extract::Query<HashMap<String, String>>;

impl Vendors {
    pub async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let router = Router::new()
            .route("/finnhub/quote", get(finnhub::quote))
            .route("/finnhub/company-news", get(finnhub::news))
            .route("/newsapi/top-headlines", get(newsapi::headlines))
            .route("/newsapi/everything", get(newsapi::everything))
            .route("/marketaux/news/all", get(marketaux::news))
            .route("/alphavantage", get(alpha_vantage::query))
            .route("/yahoo/v8/finance/chart/{symbol}", get(yahoo::chart))
            .route("/reddit/r/{subreddit}/{listing}", get(reddit::listing))
            .route("/token", post(reddit::token))
            .route("/gdelt", get(gdelt::articles))
            .layer(middleware::from_fn_with_state(shared.clone(), fault::inject))
            .route("/trades", any(trades::socket))
            .with_state(shared.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, _server: AbortOnDropHandle::new(server) }
    }

    pub fn feel(&self, mood: Mood) {
        *self.shared.mood.lock().unwrap() = mood;
    }

    /// Fails the next requests to `vendor`, one after the other.
    pub fn fail(&self, vendor: &str, faults: impl IntoIterator<Item = Fault>) {
        self.shared.faults.queue(vendor, faults);
    }

    /// Takes back what is left of `fail`.
    pub fn forgive(&self, vendor: &str) {
        self.shared.faults.clear(vendor);
    }

    /// Fails at random from now on; `None` ends it.
    pub fn rage(&self, chaos: Option<Chaos>) {
        self.shared.faults.rage(chaos);
    }

    /// Lets a vendor publish an article or a post.
    pub fn publish(&self, vendor: &'static str, article: Article) {
        self.world().articles.push((vendor, article));
    }

    pub fn bar(&self, symbol: &str, day: &str, bar: Bar) {
        self.world().bars.insert((symbol.to_owned(), day.parse().unwrap()), bar);
    }

    pub fn split(&self, symbol: &str, day: &str, numerator: u32) {
        self.world().splits.push((symbol.to_owned(), day.parse().unwrap(), numerator));
    }

    pub fn quote(&self, symbol: &str, price: f64, time: DateTime<Utc>) {
        self.world().quotes.insert(symbol.to_owned(), (price, time));
    }

    /// Sends one message to all who follow trades.
    pub fn tell(&self, message: &Value) {
        let _ = self.world().trades.send(message.to_string());
    }

    /// What followers of trades sent.
    pub fn heard(&self) -> Vec<String> {
        self.world().heard.clone()
    }

    /// Ends the access tokens that Reddit gave out.
    pub fn end_tokens(&self) {
        self.world().token += 1;
    }

    /// Reddit's pages have so many posts from now on.
    pub fn widen_pages(&self, size: usize) {
        self.world().page = size;
    }

    /// A listing never ends, since its last page leads to the first.
    pub fn turn_in_circles(&self) {
        self.world().circular = true;
    }

    /// The requests so far whose text contains `part`.
    pub fn calls(&self, part: &str) -> Vec<String> {
        let calls = self.shared.calls.lock().unwrap();
        calls.iter().filter(|call| call.contains(part)).cloned().collect()
    }

    /// Where they are, for a product of this process.
    pub fn config(&self) -> ProvidersConfig {
        config(&self.url)
    }

    /// Where they are, for other processes.
    pub fn settings(&self) -> Vec<(String, String)> {
        settings(&self.url)
    }

    fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.shared.world.lock().unwrap()
    }
}

impl Shared {
    /// The answer of a vendor that is down or strange; `limited` when enough was asked.
    fn moody(&self, limited: (u16, Value)) -> Option<Response> {
        match *self.mood.lock().unwrap() {
            Mood::Good => None,
            Mood::Limited => Some(answer(limited.0, limited.1)),
            Mood::Down => Some((StatusCode::SERVICE_UNAVAILABLE, "<html>down</html>").into_response()),
            Mood::Strange => Some("<html>Hello, human</html>".into_response()),
        }
    }

    fn is_limited(&self) -> bool {
        *self.mood.lock().unwrap() == Mood::Limited
    }
}

fn answer(status: u16, body: Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

fn has(headers: &HeaderMap, name: &str, value: &str) -> bool {
    headers.get(name).is_some_and(|found| found == value)
}
