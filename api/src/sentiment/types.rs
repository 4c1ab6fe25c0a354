//! Scores, summaries, correlations.

use super::{RobustSentiment, Summaries, loader::RobustOf};
use crate::{
    SourceKind,
    context::ContextExt,
    error::Result,
    loader::Asked,
    news::{ContentType, Post, PostKey},
    relay::{GlobalId, NodeKind},
    scalar::{Date, Symbol, Url},
};
use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    market::price::Close,
    sentiment::{self, PostScore, correlation::correlate, record, series, summary::Summary},
};
use rust_decimal::Decimal;

/// The mood of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "sentiment::Label")]
pub enum SentimentLabel {
    /// Good for the stock, as the model takes it.
    Positive,
    /// Neither good nor bad.
    Neutral,
    /// Bad for the stock.
    Negative,
}

/// The width of a point of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "series::Bucket")]
pub enum Bucket {
    /// One trading day.
    Day,
    /// A week from Monday.
    Week,
    /// A calendar month.
    Month,
}

/// How strong a correlation is, by the size of r.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CorrelationStrength {
    /// r is null: fewer than three pairs, or one side is constant.
    Undefined,
    /// Below 0.1.
    None,
    /// From 0.1.
    Weak,
    /// From 0.3.
    Moderate,
    /// From 0.5.
    Strong,
}

/// The source kinds of an argument; none given, none excluded.
pub fn sources(only: Option<Vec<SourceKind>>) -> Vec<domain::SourceKind> {
    only.unwrap_or_default().into_iter().map(Into::into).collect()
}

/// What a model makes of a stock in a post.
#[derive(Clone, Debug)]
pub struct SentimentRecord(record::Row);

impl From<record::Row> for SentimentRecord {
    fn from(row: record::Row) -> Self {
        Self(row)
    }
}

/// What a model makes of a stock in a post.
#[Object]
impl SentimentRecord {
    /// Identifies the record among all objects.
    pub async fn id(&self) -> ID {
        GlobalId::new(NodeKind::SentimentRecord, self.0.id).encode()
    }

    /// The stock.
    async fn symbol(&self) -> Result<Symbol> {
        Ok(Symbol(self.0.symbol.parse::<domain::market::Symbol>()?))
    }

    /// Where the post came from.
    async fn source(&self) -> SourceKind {
        self.0.source.into()
    }

    /// What kind of text the post is.
    async fn content_type(&self) -> ContentType {
        self.0.content_type.into()
    }

    /// When the post was published.
    async fn published_at(&self) -> DateTime<Utc> {
        self.0.published_at
    }

    /// The trading day that the post could still influence: the first session that closes after it.
    async fn session_day(&self) -> Date {
        Date(self.0.session_day)
    }

    /// From -1 (worst) to 1 (best).
    async fn score(&self) -> f64 {
        self.0.score
    }

    /// The score in a word.
    async fn label(&self) -> SentimentLabel {
        self.0.label.into()
    }

    /// How likely the model takes the label to be, 0 to 1; of the model `vader` the distance from another label.
    async fn confidence(&self) -> f64 {
        self.0.confidence
    }

    /// What it counts in robust means, 0 to 1: the quality of the post, times how sure it is that the stock is meant.
    async fn weight(&self) -> f64 {
        self.0.weight
    }

    /// The model that scored, such as `finance`.
    async fn model(&self) -> &str {
        &self.0.model
    }

    /// The version of the model.
    async fn model_version(&self) -> &str {
        &self.0.model_version
    }

    /// The first 500 characters of the cleaned text; null if it is empty or was erased.
    async fn snippet(&self) -> Option<&str> {
        self.0.snippet.as_deref()
    }

    /// Where to read the post; null if it has no address.
    async fn url(&self) -> Option<Url> {
        self.0.url.clone().map(Url)
    }

    /// When it was scored.
    async fn processed_at(&self) -> DateTime<Utc> {
        self.0.processed_at
    }

    /// The post.
    async fn post(&self, ctx: &Context<'_>) -> Result<Post> {
        let row = ctx.loader().load_one(PostKey(self.0.post_id)).await?;
        row.map(Post::from).ok_or_else(|| crate::error::ApiError::not_found("post", "the post was removed"))
    }
}

/// What a model makes of a whole post.
#[derive(Clone, Debug, SimpleObject)]
pub struct PostSentiment {
    /// From -1 (worst) to 1 (best).
    pub score: f64,
    /// The score in a word.
    pub label: SentimentLabel,
    /// How likely the model takes the label to be, 0 to 1; of the model `vader` the distance from another label.
    pub confidence: f64,
    /// The model that scored, such as `finance`.
    pub model: String,
    /// The version of the model.
    pub model_version: String,
}

impl From<PostScore> for PostSentiment {
    fn from(row: PostScore) -> Self {
        Self {
            score: row.score,
            label: row.label.into(),
            confidence: row.confidence,
            model: row.model,
            model_version: row.model_version,
        }
    }
}

/// The scores of a window together; every record counts alike, but in `robust`.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct SentimentSummary {
    /// Which stock and what of it; of several stocks none.
    #[graphql(skip)]
    pub of: Option<Asked<Summaries>>,
    /// The mean score, -1 to 1; null without scores.
    pub mean: Option<f64>,
    /// The sample standard deviation of the scores; null with fewer than two.
    pub std_dev: Option<f64>,
    /// How many scores.
    pub count: i32,
    /// How many of them are positive.
    pub positive: i32,
    /// How many of them are neutral.
    pub neutral: i32,
    /// How many of them are negative.
    pub negative: i32,
    /// The slope of the daily means by least squares, in score per calendar day; null with fewer than two days.
    pub trend: Option<f64>,
    /// The scores by trading day, oldest first; days without scores are left out.
    pub by_day: Vec<SentimentPoint>,
    /// Who gave the posts; empty without scores. Simulated posts count only for stocks that have no real ones, or when
    /// `sources` names them.
    pub sources: Vec<SourceKind>,
}

impl From<Summary> for SentimentSummary {
    fn from(summary: Summary) -> Self {
        let total = summary.total();
        Self {
            of: None,
            mean: total.mean(),
            std_dev: total.standard_deviation(),
            count: count(total.count()),
            positive: count(summary.positive()),
            neutral: count(summary.neutral()),
            negative: count(summary.negative()),
            trend: summary.trend(),
            by_day: points(&summary, &[], Bucket::Day),
            sources: SourceKind::list(&summary.sources()),
        }
    }
}

#[ComplexObject]
impl SentimentSummary {
    /// The same, hardened against whoever wants to move it; null where several stocks are taken together.
    async fn robust(&self, ctx: &Context<'_>) -> Result<Option<RobustSentiment>> {
        let Some(Asked { stock, what }) = self.of.clone() else { return Ok(None) };
        let found = ctx.loader().load_one(Asked { stock, what: RobustOf(what) }).await?;
        Ok(Some(found.unwrap_or_default().into()))
    }
}

/// Sentiment and price of one bucket.
#[derive(Clone, Debug, SimpleObject)]
pub struct SentimentPoint {
    /// The first day of the bucket: the trading day, the Monday, or the first of the month.
    pub day: Date,
    /// The mean score, -1 to 1; null without scores.
    pub mean: Option<f64>,
    /// The sample standard deviation of the scores; null with fewer than two.
    pub std_dev: Option<f64>,
    /// How many scores.
    pub count: i32,
    /// The last adjusted close in the bucket; null without one, and in summaries.
    pub close: Option<Decimal>,
    /// Who gave the posts and the close.
    pub sources: Vec<SourceKind>,
}

/// The points of a series, oldest first.
pub fn points(summary: &Summary, closes: &[Close], bucket: Bucket) -> Vec<SentimentPoint> {
    let points = series::join(summary, closes, bucket.into());
    let point = |(day, point): (_, series::Point)| SentimentPoint {
        day: Date(day),
        mean: point.scores.mean(),
        std_dev: point.scores.standard_deviation(),
        count: count(point.scores.count()),
        close: point.close.map(Into::into),
        sources: SourceKind::list(&point.sources),
    };
    points.into_iter().map(point).collect()
}

/// How sentiment goes with returns.
#[derive(Clone, Debug, SimpleObject)]
pub struct Correlation {
    /// Pearson's r, -1 to 1; null with fewer than three pairs, or when one side is constant.
    pub r: Option<f64>,
    /// How many pairs of sentiment and return.
    pub n: i32,
    /// Two-sided p-value by Student's t with n - 2 degrees of freedom; null when r is.
    pub p_value: Option<f64>,
    /// The 95 % confidence interval by Fisher's z, low and high; null with fewer than four pairs.
    pub confidence_interval95: Option<Vec<f64>>,
    /// Sessions by which sentiment leads (or, negative, lags).
    pub lag_days: i32,
    /// The size of r in a word; it says nothing of significance.
    pub strength: CorrelationStrength,
    /// Who gave the posts and the prices of the window.
    pub sources: Vec<SourceKind>,
}

impl Correlation {
    pub fn new(summary: &Summary, closes: &[Close], lag_days: i32) -> Result<Self> {
        let correlation = correlate(summary, closes, lag_days)?;
        let estimate = correlation.estimate.as_ref();
        let interval = estimate.and_then(|estimate| estimate.interval);
        let mut sources = summary.sources();
        sources.extend(closes.iter().map(|close| close.source));
        Ok(Self {
            r: estimate.map(|estimate| estimate.r),
            n: count(correlation.n as u64),
            p_value: estimate.map(|estimate| estimate.p_value),
            confidence_interval95: interval.map(|interval| vec![interval.low, interval.high]),
            lag_days,
            strength: strength(estimate.map(|estimate| estimate.r)),
            sources: SourceKind::list(&sources),
        })
    }
}

fn strength(r: Option<f64>) -> CorrelationStrength {
    match r.map(f64::abs) {
        None => CorrelationStrength::Undefined,
        Some(r) if r >= 0.5 => CorrelationStrength::Strong,
        Some(r) if r >= 0.3 => CorrelationStrength::Moderate,
        Some(r) if r >= 0.1 => CorrelationStrength::Weak,
        Some(_) => CorrelationStrength::None,
    }
}

pub(super) fn count(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
