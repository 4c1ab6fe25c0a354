//! The quality of what is written, and what it means for the mood.

use super::Error;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::{
    market::stock,
    news::{mention, post_quality},
    sentiment::{post_score, sentiment_record::SentimentLabel},
};
use nlp::Tier;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{CaseStatement, Expr, ExprTrait as _, SimpleExpr},
};

const TOP_STOCKS: u64 = 10;
const ROLLING_DAYS: i64 = 7;

/// The posts of one tier.
#[derive(Clone, Debug, PartialEq)]
pub struct OfTier {
    pub tier: Tier,
    pub count: u64,
    /// Of those that were scored.
    pub mean_score: Option<f64>,
    pub positive: u64,
    pub neutral: u64,
    pub negative: u64,
}

/// A stock, and how often good posts name it.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct TopStock {
    pub symbol: String,
    pub posts: i64,
    pub mean_quality: f64,
}

/// One calendar day, UTC.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    pub day: NaiveDate,
    pub count: u64,
    pub mean: Option<f64>,
}

/// What was written in the last hours.
#[derive(Clone, Debug, PartialEq)]
pub struct Analytics {
    pub total: u64,
    pub mean: Option<f64>,
    /// At least the threshold.
    pub high: u64,
    /// Least first; all four.
    pub tiers: Vec<OfTier>,
    pub top_stocks: Vec<TopStock>,
    /// The last seven days up to `now`, oldest first; days without posts, too.
    pub days: Vec<Day>,
}

/// The quality of the posts of the last `hours` before `now`; those from `threshold` on are high.
pub async fn analyse(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    hours: i64,
    threshold: f64,
) -> Result<Analytics, Error> {
    let since = now - TimeDelta::hours(hours);
    let rows = per_tier(db, (since, now), threshold).await?;
    let total = rows.iter().map(|row| row.count).sum::<i64>();
    let sum: f64 = rows.iter().map(|row| row.quality_sum).sum();
    Ok(Analytics {
        total: u64::try_from(total).unwrap_or(0),
        mean: (total > 0).then(|| sum / total as f64),
        high: u64::try_from(rows.iter().map(|row| row.high).sum::<i64>()).unwrap_or(0),
        tiers: [Tier::Poor, Tier::Fair, Tier::Good, Tier::Excellent].map(|tier| of_tier(tier, &rows)).into(),
        top_stocks: top_stocks(db, (since, now), threshold).await?,
        days: days(db, now).await?,
    })
}

#[derive(FromQueryResult)]
struct TierRow {
    tier: i32,
    label: Option<SentimentLabel>,
    count: i64,
    high: i64,
    quality_sum: f64,
    score_sum: Option<f64>,
}

async fn per_tier(
    db: &impl ConnectionTrait,
    span: (DateTime<Utc>, DateTime<Utc>),
    threshold: f64,
) -> Result<Vec<TierRow>, Error> {
    let total = || Expr::col((post_quality::Entity, post_quality::Column::Total));
    let tier: SimpleExpr = CaseStatement::new()
        .case(total().lt(30.0), 0)
        .case(total().lt(50.0), 1)
        .case(total().lt(70.0), 2)
        .finally(3)
        .into();
    let high: SimpleExpr = CaseStatement::new().case(total().gte(threshold), 1).into();
    let scores = post_quality::Entity::belongs_to(post_score::Entity)
        .from(post_quality::Column::PostId)
        .to(post_score::Column::PostId)
        .into();
    let select = within(span)
        .select_only()
        .column_as(tier, "tier")
        .column_as(post_score::Column::Label, "label")
        .column_as(post_quality::Column::PostId.count(), "count")
        .column_as(high.count(), "high")
        .column_as(total().sum(), "quality_sum")
        .column_as(post_score::Column::Score.sum(), "score_sum")
        .join(JoinType::LeftJoin, scores)
        .group_by(Expr::cust("1"))
        .group_by(post_score::Column::Label);
    Ok(select.into_model().all(db).await?)
}

fn within((since, now): (DateTime<Utc>, DateTime<Utc>)) -> Select<post_quality::Entity> {
    post_quality::Entity::find()
        .filter(post_quality::Column::PublishedAt.gt(since))
        .filter(post_quality::Column::PublishedAt.lte(now))
}

fn of_tier(tier: Tier, rows: &[TierRow]) -> OfTier {
    let mine: Vec<&TierRow> = rows.iter().filter(|row| row.tier == tier as i32).collect();
    let count = |label: Option<SentimentLabel>| {
        let rows = mine.iter().filter(|row| row.label == label);
        u64::try_from(rows.map(|row| row.count).sum::<i64>()).unwrap_or(0)
    };
    let labels = [SentimentLabel::Positive, SentimentLabel::Neutral, SentimentLabel::Negative];
    let [positive, neutral, negative] = labels.map(|label| count(Some(label)));
    let scored = positive + neutral + negative;
    let sum: f64 = mine.iter().filter_map(|row| row.score_sum).sum();
    OfTier {
        tier,
        count: scored + count(None),
        mean_score: (scored > 0).then(|| sum / scored as f64),
        positive,
        neutral,
        negative,
    }
}

async fn top_stocks(
    db: &impl ConnectionTrait,
    span: (DateTime<Utc>, DateTime<Utc>),
    threshold: f64,
) -> Result<Vec<TopStock>, Error> {
    let mentions = post_quality::Entity::belongs_to(mention::Entity)
        .from(post_quality::Column::PostId)
        .to(mention::Column::PostId)
        .into();
    let stocks = mention::Entity::belongs_to(stock::Entity)
        .from(mention::Column::StockId)
        .to(stock::Column::Id)
        .into();
    let posts = || post_quality::Column::PostId.count();
    let select = within(span)
        .select_only()
        .column_as(stock::Column::Symbol, "symbol")
        .column_as(posts(), "posts")
        .column_as(Expr::col((post_quality::Entity, post_quality::Column::Total)).avg(), "mean_quality")
        .join(JoinType::InnerJoin, mentions)
        .join(JoinType::InnerJoin, stocks)
        .filter(post_quality::Column::Total.gte(threshold))
        .group_by(stock::Column::Symbol)
        .order_by_desc(posts())
        .order_by_asc(stock::Column::Symbol)
        .limit(TOP_STOCKS);
    Ok(select.into_model().all(db).await?)
}

/// One statement for each day: what a day is differs between databases, and there are seven.
async fn days(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Day>, Error> {
    let today = now.date_naive();
    let mut days = Vec::new();
    for back in (0..ROLLING_DAYS).rev() {
        let day = today - TimeDelta::days(back);
        let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
        let select = post_quality::Entity::find()
            .select_only()
            .column_as(post_quality::Column::PostId.count(), "count")
            .column_as(Expr::col(post_quality::Column::Total).avg(), "mean")
            .filter(post_quality::Column::PublishedAt.gte(midnight))
            .filter(post_quality::Column::PublishedAt.lt(midnight + TimeDelta::days(1)))
            .filter(post_quality::Column::PublishedAt.lte(now));
        let found: Option<(i64, Option<f64>)> = select.into_tuple().one(db).await?;
        let (count, mean) = found.unwrap_or_default();
        days.push(Day { day, count: u64::try_from(count).unwrap_or(0), mean });
    }
    Ok(days)
}
