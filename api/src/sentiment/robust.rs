//! Robust scores.

use super::types::count;
use crate::SourceKind;
use async_graphql::SimpleObject;
use domain::sentiment::robust::{Robust, WeightedMoments};

/// A mean of scores in which records count by the quality of their posts, by how sure it is that the stock is meant, and
/// by how far their source is to be trusted; with what it would be without those who could have moved it.
#[derive(Clone, Debug, SimpleObject)]
pub struct RobustSentiment {
    /// Copies count once, and campaigns not at all, -1 to 1; null without scores.
    pub mean: Option<f64>,
    /// How many records count.
    pub count: i32,
    /// How many records of equal weight would tell as much (Kish).
    pub effective_count: f64,
    /// The 95 % confidence interval of the mean, low and high; null unless more than one record counts.
    pub interval95: Option<Vec<f64>>,
    /// The same with all copies and campaigns: far from `mean`, someone is at work.
    pub with_copies: RobustMean,
    /// Without the author whose records weigh most; null if no author is known.
    pub without_top_author: Option<RobustMean>,
    /// Without each source in turn.
    pub without_source: Vec<MeanWithoutSource>,
    /// Records of campaigns: at least five posts that are alike, by three authors or more, within three days.
    pub campaign_records: i32,
    /// Records of other copies, such as an article that several publishers print.
    pub cross_post_records: i32,
}

/// A weighted mean of scores.
#[derive(Clone, Debug, SimpleObject)]
pub struct RobustMean {
    /// -1 to 1; null without scores.
    pub mean: Option<f64>,
    /// How many records count.
    pub count: i32,
    /// The 95 % confidence interval, low and high; null unless more than one record counts.
    pub interval95: Option<Vec<f64>>,
}

/// What the mean would be without a source.
#[derive(Clone, Debug, SimpleObject)]
pub struct MeanWithoutSource {
    /// The source that is left out.
    pub source: SourceKind,
    /// What the others say.
    pub rest: RobustMean,
}

impl From<Robust> for RobustSentiment {
    fn from(robust: Robust) -> Self {
        let without = |(source, rest): (domain::SourceKind, WeightedMoments)| MeanWithoutSource {
            source: source.into(),
            rest: rest.into(),
        };
        Self {
            mean: robust.mean.mean(),
            count: count(robust.mean.count()),
            effective_count: robust.mean.effective_count(),
            interval95: interval(robust.mean),
            with_copies: robust.with_copies.into(),
            without_top_author: robust.without_top_author.map(Into::into),
            without_source: robust.without_source.into_iter().map(without).collect(),
            campaign_records: count(robust.campaign_records),
            cross_post_records: count(robust.cross_post_records),
        }
    }
}

impl From<WeightedMoments> for RobustMean {
    fn from(moments: WeightedMoments) -> Self {
        Self { mean: moments.mean(), count: count(moments.count()), interval95: interval(moments) }
    }
}

fn interval(moments: WeightedMoments) -> Option<Vec<f64>> {
    moments.interval().map(|(low, high)| vec![low, high])
}
