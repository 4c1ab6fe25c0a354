//! The vendors: which of them can be called, and in which order.

use super::{
    AlphaVantage, Finnhub, Marketaux, NewsApi, PostSource, PriceSource, QuoteSource, Reddit, Yahoo,
    finnhub_trades::FinnhubTrades,
    vendor_http::{Line, Patience, Plan, VendorHttp},
};
use domain::admin::{self, provider, usage};
use entity::SourceKind;
use platform::{
    Platform,
    config::{ProvidersConfig, VendorLimits},
};
use std::{sync::Arc, time::Duration};

/// The clients of all vendors; clones share their lines.
#[derive(Clone, Debug)]
pub struct Vendors {
    pub(super) http: VendorHttp,
    pub(super) config: ProvidersConfig,
    platform: Platform,
    pub finnhub: Arc<Finnhub>,
    pub trades: Arc<FinnhubTrades>,
    pub newsapi: Arc<NewsApi>,
    pub marketaux: Arc<Marketaux>,
    pub alpha_vantage: Arc<AlphaVantage>,
    pub yahoo: Arc<Yahoo>,
    pub reddit: Arc<Reddit>,
}

/// From the first byte sent to the last one read: less than the half minute that a call may take.
const PATIENCE: Duration = Duration::from_secs(20);

impl Vendors {
    pub fn new(platform: &Platform, config: ProvidersConfig) -> Self {
        Self::patient(platform, config, PATIENCE)
    }

    /// Waits `patience` for each answer.
    pub fn patient(platform: &Platform, config: ProvidersConfig, patience: Duration) -> Self {
        let http = VendorHttp::new(platform.clock.clone(), patience);
        let line = |kind| Line::new(plan(&config, kind), platform, &http);
        let finnhub = line(SourceKind::Finnhub);
        let subreddits = config.subreddits.0.clone();
        let (reddit, reddit_token) = (config.reddit.to_string(), config.reddit_token.to_string());
        Self {
            trades: Arc::new(FinnhubTrades::new(finnhub.clone(), config.finnhub_socket.clone())),
            finnhub: Arc::new(Finnhub::new(finnhub, config.finnhub.to_string())),
            newsapi: Arc::new(NewsApi::new(line(SourceKind::NewsApi), config.newsapi.to_string())),
            marketaux: Arc::new(Marketaux::new(line(SourceKind::Marketaux), config.marketaux.to_string())),
            alpha_vantage: Arc::new(AlphaVantage::new(
                line(SourceKind::AlphaVantage),
                config.alpha_vantage.to_string(),
            )),
            yahoo: Arc::new(Yahoo::new(line(SourceKind::Yahoo), config.yahoo.to_string())),
            reddit: Arc::new(Reddit::new(line(SourceKind::Reddit), reddit, reddit_token, subreddits)),
            http,
            config,
            platform: platform.clone(),
        }
    }

    /// Those that have a credential now, or need none and are asked for.
    pub async fn usable(&self) -> Result<Vec<SourceKind>, admin::Error> {
        let (db, now) = (self.platform.db.connection(), self.platform.clock.now());
        let mut usable = provider::credentialed(db, now).await?;
        if self.config.yahoo_enabled {
            usable.push(SourceKind::Yahoo);
        }
        Ok(usable)
    }

    /// Whoever gives bars, the most generous first.
    pub fn prices(&self, usable: &[SourceKind]) -> Vec<Arc<dyn PriceSource>> {
        let all: [Arc<dyn PriceSource>; 2] = [self.yahoo.clone(), self.alpha_vantage.clone()];
        all.into_iter().filter(|source| usable.contains(&source.kind())).collect()
    }

    /// Whoever gives quotes, the freshest first.
    pub fn quotes(&self, usable: &[SourceKind]) -> Vec<Arc<dyn QuoteSource>> {
        let all: [Arc<dyn QuoteSource>; 3] =
            [self.finnhub.clone(), self.yahoo.clone(), self.alpha_vantage.clone()];
        all.into_iter().filter(|source| usable.contains(&source.kind())).collect()
    }

    /// Whoever gives posts: they complete each other.
    pub fn posts(&self, usable: &[SourceKind]) -> Vec<Arc<dyn PostSource>> {
        let all: [Arc<dyn PostSource>; 5] = [
            self.reddit.clone(),
            self.finnhub.clone(),
            self.newsapi.clone(),
            self.marketaux.clone(),
            self.alpha_vantage.clone(),
        ];
        all.into_iter().filter(|source| usable.contains(&source.kind())).collect()
    }

    /// Counts a request that is made besides the vendor's client.
    pub(super) async fn count(&self, kind: SourceKind) -> Result<(), admin::Error> {
        usage::reserve(&self.platform, kind, &plan(&self.config, kind).limits).await.map(drop)
    }

    /// How many requests are left of the day and the month; `None` without limits.
    pub async fn budget_left(&self, kind: SourceKind) -> Result<Option<i64>, admin::Error> {
        let (db, now) = (self.platform.db.connection(), self.platform.clock.now());
        let VendorLimits { per_day, per_month, .. } = plan(&self.config, kind).limits;
        let usage = usage::of(db, kind, now).await?;
        let left = |limit: Option<u32>, spent: usage::Spent| Some((i64::from(limit?) - spent.used).max(0));
        let lefts = [left(per_day, usage.today), left(per_month, usage.this_month)];
        Ok(lefts.into_iter().flatten().min())
    }
}

fn plan(config: &ProvidersConfig, kind: SourceKind) -> Plan {
    let limits = &config.limits;
    let (limits, quota_header) = match kind {
        SourceKind::Finnhub => (limits.finnhub, Some("x-ratelimit-remaining")),
        SourceKind::NewsApi => (limits.newsapi, None),
        SourceKind::Marketaux => (limits.marketaux, Some("x-usagelimit-remaining")),
        SourceKind::AlphaVantage => (limits.alpha_vantage, None),
        SourceKind::Yahoo => (limits.yahoo, None),
        SourceKind::Reddit => (limits.reddit, Some("x-ratelimit-remaining")),
        SourceKind::Gdelt => (limits.gdelt, None),
        SourceKind::File | SourceKind::Simulated => (VendorLimits::default(), None),
    };
    let patience = if kind == SourceKind::Reddit { Patience::SOCIAL } else { Patience::PRICES };
    Plan { kind, limits, patience, quota_header }
}
