//! What the jobs work with.

use crate::{
    Sources, Supply,
    sentiment::models::{Models, Version},
    source::Vendors,
};
use anyhow::Context as _;
use domain::{
    forecast::Predictor,
    market::stock,
    sentiment::{Scorer, Thresholds, evaluation},
};
use platform::{
    Platform,
    config::Config,
    mail::{Mail, Mailer},
};
use std::sync::Arc;
use tokio::{sync::Mutex, task::spawn_blocking};
use uuid::Uuid;

/// The platform, the sources and what is costly to make.
#[derive(Debug)]
pub struct Env {
    pub platform: Platform,
    pub supply: Supply,
    mailer: Mailer,
    pub post_days: u32,
    pub history_days: u32,
    /// Held while articles are looked up and stored: of two vendors that sell the same one, one comes first.
    pub shelf: Mutex<()>,
    pub models: Models,
    pub predictor: Predictor,
    /// Whether a model that was trained anew answers if nothing speaks against that.
    pub promotes_if_better: bool,
    pub thresholds: Thresholds,
    scorer: Mutex<Option<Known>>,
}

/// A value that changes with the stock table.
type Stocks = (i64, Option<Uuid>);
/// A scorer, and what it knows of.
type Known = ((Stocks, Version), Arc<Scorer>);

impl Env {
    pub fn new(platform: Platform, supply: Supply, config: &Config) -> anyhow::Result<Self> {
        let mailer = Mailer::new(&config.mail, platform.clock.clone())?;
        Ok(Self {
            predictor: Predictor::new(&platform, &config.models),
            promotes_if_better: config.models.promotes_if_better,
            platform,
            supply,
            mailer,
            post_days: config.simulation.post_days,
            history_days: config.simulation.history_days,
            thresholds: Thresholds {
                least: config.sentiment.least_quality.into(),
                good: config.sentiment.good_quality.into(),
            },
            models: Models::new(&config.sentiment, &config.models),
            shelf: Mutex::new(()),
            scorer: Mutex::new(None),
        })
    }

    pub fn vendors(&self) -> &Vendors {
        &self.supply.vendors
    }

    /// The sources as they are now.
    pub async fn sources(&self) -> anyhow::Result<Sources> {
        self.supply.now().await
    }

    /// Sends what there is to send; a mail that has become pointless is none.
    pub async fn send(&self, mail: Option<Mail>) -> anyhow::Result<()> {
        match mail {
            Some(mail) => self.mailer.send(&mail).await.context("failed to send a mail"),
            None => Ok(()),
        }
    }

    /// A scorer that knows all present stocks and models; made anew only when there are new ones.
    pub async fn scorer(&self) -> anyhow::Result<Arc<Scorer>> {
        let db = self.platform.db.connection();
        let known = (stock::count_and_newest(db).await?, self.models.version().await);
        let mut scorer = self.scorer.lock().await;
        if let Some((of, scorer)) = scorer.as_ref()
            && *of == known
        {
            return Ok(scorer.clone());
        }
        let (stocks, routing) = (stock::all(db).await?, self.models.routing().await);
        evaluation::activate(&self.platform, &routing.in_use()).await?;
        let thresholds = self.thresholds;
        let fresh = spawn_blocking(move || Arc::new(Scorer::new(&stocks, routing, thresholds))).await?;
        *scorer = Some((known, fresh.clone()));
        Ok(fresh)
    }
}
