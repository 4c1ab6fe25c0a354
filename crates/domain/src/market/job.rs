//! The jobs of the market.

use super::Symbol;
use jobs::{Job, Priority};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Fetches the bars of the watch-list's stocks since the last stored ones.
#[derive(Debug, Serialize, Deserialize)]
pub struct CollectPrices {}

impl Job for CollectPrices {
    const KIND: &'static str = "market.collect_prices";

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Looks through the bars of the watch-list's stocks for what can't be right.
#[derive(Debug, Serialize, Deserialize)]
pub struct CheckPrices {}

impl Job for CheckPrices {
    const KIND: &'static str = "market.check_prices";

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Asks a second source about the last weeks of the watch-list's stocks.
#[derive(Debug, Serialize, Deserialize)]
pub struct ComparePrices {}

impl Job for ComparePrices {
    const KIND: &'static str = "market.compare_prices";
    const PRIORITY: Priority = Priority::Low;

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Fetches the past of a stock that is new on the watch-list.
#[derive(Debug, Serialize, Deserialize)]
pub struct BackfillPrices {
    pub symbol: Symbol,
}

impl Job for BackfillPrices {
    const KIND: &'static str = "market.backfill_prices";

    fn unique_key(&self) -> Option<String> {
        Some(self.symbol.to_string())
    }
}

/// Follows the quotes of the watch-list's stocks until the worker stops; one worker at a time holds it.
#[derive(Debug, Serialize, Deserialize)]
pub struct StreamQuotes {}

impl Job for StreamQuotes {
    const KIND: &'static str = "market.stream_quotes";
    const PRIORITY: Priority = Priority::High;
    const ENDLESS: bool = true;

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Fills an empty database with the simulated market's stocks, prices and posts.
#[derive(Debug, Serialize, Deserialize)]
pub struct MakeHistory {}

impl Job for MakeHistory {
    const KIND: &'static str = "market.make_history";
    const PRIORITY: Priority = Priority::High;
    const TIMEOUT: Duration = Duration::from_mins(30);

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}
