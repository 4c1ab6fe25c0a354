//! The quality of what is written.

use super::types::count;
use crate::{
    error::{ApiError, Result},
    news::QualityTier,
    scalar::{Date, Symbol},
};
use async_graphql::SimpleObject;
use domain::sentiment::quality::{Analytics, Day, OfTier, TopStock};

/// What the posts of the last hours are worth.
#[derive(Clone, Debug, SimpleObject)]
pub struct QualityAnalytics {
    /// How many posts were rated.
    pub total: i32,
    /// Their mean quality, 0 to 100; null without posts.
    pub mean_quality: Option<f64>,
    /// The share of posts of at least the threshold, 0 to 100; null without posts.
    pub high_percent: Option<f64>,
    /// The share of the others; null without posts.
    pub low_percent: Option<f64>,
    /// The posts by tier, the poorest first; all four.
    pub tiers: Vec<TierQuality>,
    /// The stocks that most posts of at least the threshold name; at most ten.
    pub top_stocks: Vec<StockQuality>,
    /// The last seven days, today last; days without posts, too.
    pub by_day: Vec<DayQuality>,
}

/// The posts of one tier.
#[derive(Clone, Debug, SimpleObject)]
pub struct TierQuality {
    /// The tier.
    pub tier: QualityTier,
    /// How many posts.
    pub count: i32,
    /// Their mean score, -1 to 1; null if none was scored.
    pub mean_score: Option<f64>,
    /// How many are positive.
    pub positive: i32,
    /// How many are neutral.
    pub neutral: i32,
    /// How many are negative.
    pub negative: i32,
}

/// A stock in good posts.
#[derive(Clone, Debug, SimpleObject)]
pub struct StockQuality {
    /// The stock.
    pub symbol: Symbol,
    /// How many posts name it.
    pub posts: i32,
    /// Their mean quality, 0 to 100.
    pub mean_quality: f64,
}

/// The posts of one day.
#[derive(Clone, Debug, SimpleObject)]
pub struct DayQuality {
    /// The day, UTC.
    pub day: Date,
    /// How many posts.
    pub count: i32,
    /// Their mean quality, 0 to 100; null without posts.
    pub mean_quality: Option<f64>,
}

impl TryFrom<Analytics> for QualityAnalytics {
    type Error = ApiError;

    fn try_from(found: Analytics) -> Result<Self> {
        let percent = |part: u64| (found.total > 0).then(|| 100.0 * part as f64 / found.total as f64);
        let stocks: Result<Vec<_>> = found.top_stocks.into_iter().map(StockQuality::try_from).collect();
        Ok(Self {
            total: count(found.total),
            mean_quality: found.mean,
            high_percent: percent(found.high),
            low_percent: percent(found.total - found.high),
            tiers: found.tiers.into_iter().map(TierQuality::from).collect(),
            top_stocks: stocks?,
            by_day: found.days.into_iter().map(DayQuality::from).collect(),
        })
    }
}

impl From<OfTier> for TierQuality {
    fn from(found: OfTier) -> Self {
        Self {
            tier: found.tier.into(),
            count: count(found.count),
            mean_score: found.mean_score,
            positive: count(found.positive),
            neutral: count(found.neutral),
            negative: count(found.negative),
        }
    }
}

impl TryFrom<TopStock> for StockQuality {
    type Error = ApiError;

    fn try_from(found: TopStock) -> Result<Self> {
        let symbol = Symbol(found.symbol.parse::<domain::market::Symbol>()?);
        let posts = i32::try_from(found.posts).unwrap_or(i32::MAX);
        Ok(Self { symbol, posts, mean_quality: found.mean_quality })
    }
}

impl From<Day> for DayQuality {
    fn from(found: Day) -> Self {
        Self { day: Date(found.day), count: count(found.count), mean_quality: found.mean }
    }
}
