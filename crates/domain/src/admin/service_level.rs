//! What the service promises, and what becomes of it.

use super::Error;
use crate::forecast::{live, model};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    job::job::{self, JobState},
    market::{
        price_bar::{self, BarInterval},
        quote, stock, watchlist_entry,
    },
    news::{post, post_quality},
};
use platform::calendar::Calendar;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Func},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// Shares and means are those of the last day.
const SPAN: TimeDelta = TimeDelta::days(1);
/// What is younger may still wait for its turn.
const GRACE: TimeDelta = TimeDelta::minutes(10);
/// The sessions whose bars are counted.
const BARS: TimeDelta = TimeDelta::days(90);

/// A promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Promise {
    /// The share of posts that are scored ten minutes after they came.
    PostsScored,
    /// The mean quality of posts, 0…100.
    PostQuality,
    /// The share of the last 90 days' sessions of which a stock of the watch-list has a bar: the worst stock's.
    PricesPresent,
    /// The share of jobs that did not fail.
    JobsDone,
    /// For how many hours of this session a stock of the watch-list has had no new quote: the worst stock's.
    QuoteAge,
    /// How many hours ago the newest post came.
    PostAge,
    /// The largest share of closes within their 95 % intervals that the last 90 days leave possible (the upper bound by
    /// Wilson): the worst model's of those that answer. Below 0.95 it is no bad luck any more.
    IntervalCoverage,
}

/// How bad it is when a promise is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Warning,
    Critical,
}

impl Promise {
    /// The worst value that keeps it, and whether more than that is better.
    const fn bound(self) -> (f64, Better) {
        match self {
            Self::PostsScored | Self::IntervalCoverage => (0.95, Better::More),
            Self::PostQuality => (40.0, Better::More),
            Self::PricesPresent | Self::JobsDone => (0.9, Better::More),
            Self::QuoteAge | Self::PostAge => (2.0, Better::Less),
        }
    }

    pub const fn target(self) -> f64 {
        self.bound().0
    }

    pub const fn severity(self) -> Severity {
        match self {
            Self::QuoteAge | Self::PostAge => Severity::Critical,
            _ => Severity::Warning,
        }
    }

    /// What was measured, in a sentence; `symbol` is the worst stock's, of promises about each.
    pub fn sentence(self, value: Option<f64>, symbol: Option<&str>) -> String {
        let value = value.map_or_else(|| "unknown".to_owned(), |value| format!("{value:.2}"));
        let of = symbol.map(|symbol| format!(", of {symbol}")).unwrap_or_default();
        format!("{}: {value}{of}; the target is {}", self.about(), self.target())
    }

    /// What is measured, in words.
    pub const fn about(self) -> &'static str {
        match self {
            Self::PostsScored => "the share of posts that are scored",
            Self::PostQuality => "the mean quality of posts",
            Self::PricesPresent => "the share of daily bars that are there",
            Self::JobsDone => "the share of jobs that did not fail",
            Self::QuoteAge => "hours since the oldest quote of the watch-list",
            Self::PostAge => "hours since the newest post",
            Self::IntervalCoverage => "the upper bound of the share of closes within their 95 % intervals",
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::PostsScored => "posts_scored",
            Self::PostQuality => "post_quality",
            Self::PricesPresent => "prices_present",
            Self::JobsDone => "jobs_done",
            Self::QuoteAge => "quote_age",
            Self::PostAge => "post_age",
            Self::IntervalCoverage => "interval_coverage",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Better {
    More,
    Less,
}

/// A promise, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    pub promise: Promise,
    /// `None` where there is nothing to measure, such as quotes while the market is closed.
    pub value: Option<f64>,
    /// The worst stock, of promises about each.
    pub symbol: Option<String>,
}

impl Level {
    const fn new(promise: Promise, value: Option<f64>) -> Self {
        Self { promise, value, symbol: None }
    }

    /// Whether the promise is kept; `None` where there is nothing to measure.
    pub fn is_kept(&self) -> Option<bool> {
        let (target, better) = self.promise.bound();
        self.value.map(|value| if better == Better::More { value >= target } else { value <= target })
    }
}

/// All promises as they are now; a number of statements that does not grow.
pub async fn measure(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Level>, Error> {
    let watched = watched(db).await?;
    Ok(vec![
        Level::new(Promise::PostsScored, scored(db, now).await?),
        Level::new(Promise::PostQuality, quality(db, now).await?),
        prices(db, &watched, now).await?,
        Level::new(Promise::JobsDone, done(db, now).await?),
        quotes(db, &watched, now).await?,
        Level::new(Promise::PostAge, newest_post(db, now).await?),
        Level::new(Promise::IntervalCoverage, coverage(db, now).await?),
    ])
}

async fn scored(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Option<f64>, Error> {
    let counts: Option<(i64, i64)> = post::Entity::find()
        .select_only()
        .column_as(post::Column::Id.count(), "all")
        .column_as(post::Column::ScoredAt.count(), "scored")
        .filter(post::Column::KnownAt.between(now - SPAN, now - GRACE))
        .into_tuple()
        .one(db)
        .await?;
    Ok(counts.and_then(|(all, scored)| share(scored, all)))
}

async fn quality(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Option<f64>, Error> {
    let mean: Option<Option<f64>> = post_quality::Entity::find()
        .select_only()
        .column_as(Expr::expr(Func::avg(Expr::col(post_quality::Column::Total))), "mean")
        .filter(post_quality::Column::PublishedAt.gt(now - SPAN))
        .into_tuple()
        .one(db)
        .await?;
    Ok(mean.flatten())
}

async fn prices(db: &impl ConnectionTrait, watched: &[Watched], now: DateTime<Utc>) -> Result<Level, Error> {
    let last = Calendar::new_york().last_closed_session(now).day;
    let first = (now - BARS).date_naive();
    let sessions = Calendar::new_york().sessions(first, last).len();
    let counts: Vec<(Uuid, i64)> = price_bar::Entity::find()
        .select_only()
        .column(price_bar::Column::StockId)
        .column_as(price_bar::Column::Time.count(), "bars")
        .filter(price_bar::Column::StockId.is_in(watched.iter().map(|one| one.stock)))
        .filter(price_bar::Column::Interval.eq(BarInterval::Day))
        .filter(price_bar::Column::SupersededAt.is_null())
        .filter(price_bar::Column::Time.gte(midnight(first)))
        .filter(price_bar::Column::Time.lte(midnight(last)))
        .group_by(price_bar::Column::StockId)
        .into_tuple()
        .all(db)
        .await?;
    let counts: HashMap<Uuid, i64> = counts.into_iter().collect();
    let bars = |one: &Watched| counts.get(&one.stock).copied().unwrap_or_default();
    let worst = watched.iter().min_by_key(|one| (bars(one), one.symbol.clone()));
    let sessions = i64::try_from(sessions).unwrap_or(i64::MAX);
    let value = worst.and_then(|one| share(bars(one).min(sessions), sessions));
    Ok(Level { symbol: worst.map(|one| one.symbol.clone()), ..Level::new(Promise::PricesPresent, value) })
}

async fn done(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Option<f64>, Error> {
    let counts: Vec<(JobState, i64)> = job::Entity::find()
        .select_only()
        .column(job::Column::State)
        .column_as(job::Column::Id.count(), "count")
        .filter(job::Column::FinishedAt.gt(now - SPAN))
        .filter(job::Column::State.is_in([JobState::Completed, JobState::Failed]))
        .group_by(job::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let all = counts.iter().map(|(_, count)| count).sum();
    let done = counts.iter().find(|(state, _)| *state == JobState::Completed).map_or(0, |(_, count)| *count);
    Ok(share(done, all))
}

async fn quotes(db: &impl ConnectionTrait, watched: &[Watched], now: DateTime<Utc>) -> Result<Level, Error> {
    let calendar = Calendar::new_york();
    let session = calendar.session(now.with_timezone(&calendar.time_zone()).date_naive());
    let Some(session) = session.filter(|_| calendar.is_open(now)) else {
        return Ok(Level::new(Promise::QuoteAge, None));
    };
    let seen: Vec<(Uuid, DateTime<Utc>)> = quote::Entity::find()
        .select_only()
        .columns([quote::Column::StockId, quote::Column::AsOf])
        .filter(quote::Column::StockId.is_in(watched.iter().map(|one| one.stock)))
        .into_tuple()
        .all(db)
        .await?;
    let seen: HashMap<Uuid, DateTime<Utc>> = seen.into_iter().collect();
    // What was quoted at yesterday's close was not old until today's session began, nor is what is watched since then.
    let since = |one: &Watched| seen.get(&one.stock).map_or(one.since, |as_of| *as_of).max(session.open);
    let worst = watched.iter().min_by_key(|one| (since(one), one.symbol.clone()));
    let age = worst.map(|one| hours(now - since(one)));
    Ok(Level { symbol: worst.map(|one| one.symbol.clone()), ..Level::new(Promise::QuoteAge, age) })
}

async fn newest_post(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Option<f64>, Error> {
    let newest: Option<Option<DateTime<Utc>>> = post::Entity::find()
        .select_only()
        .column_as(post::Column::KnownAt.max(), "newest")
        .into_tuple()
        .one(db)
        .await?;
    Ok(newest.flatten().map(|newest| hours(now - newest)))
}

async fn coverage(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Option<f64>, Error> {
    let ids: Vec<Uuid> = model::all_answering(db).await?.iter().map(|row| row.id).collect();
    let live = live::by_models(db, &ids, &live::Filter::since(Some((now - BARS).date_naive()))).await?;
    let bounds = live.values().filter_map(|live| Some(live.coverage_95()?.interval()?.high));
    Ok(bounds.min_by(f64::total_cmp))
}

/// A stock that is watched and not paused.
struct Watched {
    stock: Uuid,
    symbol: String,
    since: DateTime<Utc>,
}

async fn watched(db: &impl ConnectionTrait) -> Result<Vec<Watched>, Error> {
    let rows: Vec<(Uuid, String, DateTime<Utc>)> = watchlist_entry::Entity::find()
        .inner_join(stock::Entity)
        .filter(watchlist_entry::Column::IsPaused.eq(false))
        .select_only()
        .column(watchlist_entry::Column::StockId)
        .column(stock::Column::Symbol)
        .column(watchlist_entry::Column::KnownAt)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(stock, symbol, since)| Watched { stock, symbol, since }).collect())
}

fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn hours(age: TimeDelta) -> f64 {
    age.as_seconds_f64().max(0.0) / 3600.0
}

fn midnight(day: chrono::NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}
