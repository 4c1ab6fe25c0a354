//! Where data come from at this moment: vendors that can be called, else the simulated market.

use crate::source::{PostSource, PriceSource, QuoteSource, Vendors, simulated::SimulatedMarket};
use platform::{Platform, clock::Clock, config::Config};
use std::sync::Arc;

/// Sources in the order in which they are asked.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    pub prices: Vec<Arc<dyn PriceSource>>,
    pub quotes: Vec<Arc<dyn QuoteSource>>,
    pub posts: Vec<Arc<dyn PostSource>>,
    /// The market that stands in for vendors.
    pub simulated: Option<Arc<SimulatedMarket>>,
}

impl Sources {
    /// The sources that no credential decides about: the simulated market, unless `config` forbids it.
    pub fn of(config: &Config, clock: &Clock) -> Self {
        if config.simulate == Some(false) {
            return Self::default();
        }
        let market = SimulatedMarket::new(config.simulation.seed).with_clock(clock.clone());
        Self { simulated: Some(Arc::new(market)), ..Self::default() }
    }

    /// Whether there is nothing to follow.
    pub fn is_empty(&self) -> bool {
        self.simulated.is_none() && !self.has_real()
    }

    fn has_real(&self) -> bool {
        !(self.prices.is_empty() && self.quotes.is_empty() && self.posts.is_empty())
    }
}

/// What decides about sources, looked at anew each time: a credential that is given now counts now.
#[derive(Clone, Debug)]
pub struct Supply {
    fixed: Sources,
    pub vendors: Vendors,
    /// Absent: the simulated market stands in as long as there is nothing real.
    simulate: Option<bool>,
}

impl Supply {
    pub fn new(platform: &Platform, fixed: Sources, config: &Config) -> Self {
        let vendors = Vendors::new(platform, config.providers.clone());
        Self { fixed, vendors, simulate: config.simulate }
    }

    /// Calls `vendors` in place of its own.
    #[must_use]
    pub fn with_vendors(self, vendors: Vendors) -> Self {
        Self { vendors, ..self }
    }

    /// The sources as they are now.
    pub async fn now(&self) -> anyhow::Result<Sources> {
        let usable = self.vendors.usable().await?;
        let mut sources = self.fixed.clone();
        sources.prices.extend(self.vendors.prices(&usable));
        sources.quotes.extend(self.vendors.quotes(&usable));
        sources.posts.extend(self.vendors.posts(&usable));
        if !self.simulate.unwrap_or(!sources.has_real()) {
            sources.simulated = None;
        }
        Ok(sources)
    }
}
