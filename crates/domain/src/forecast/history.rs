//! A stock's past, day by day, as it was known at a moment.

use super::Error;
use crate::{Window, market::price, source::drop_unreal};
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc};
use entity::{
    SourceKind,
    sentiment::sentiment_record::{Column, Entity, SentimentLabel},
};
use ml::feature::{Day, Sentiment};
use platform::calendar::Calendar;
use quant::statistics;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// A score beyond this, either way, is extreme.
const EXTREME: f64 = 0.8;
/// Longer than any break between two sessions.
const LONGEST_BREAK: TimeDelta = TimeDelta::days(14);

/// The days of one stock that have a bar, and from what they were made.
#[derive(Clone, Debug)]
pub struct History {
    pub symbol: String,
    pub days: Vec<NaiveDate>,
    /// One for each of `days`.
    pub values: Vec<Day>,
    /// When the version of each day's bar became known.
    pub bars: Vec<DateTime<Utc>>,
    /// The records that the moods are made of, by day, then id.
    pub moods: Vec<Mood>,
    /// Whether bars or records of the simulated market are among them.
    pub is_simulated: bool,
}

/// A sentiment record, as far as features go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mood {
    /// The trading day before whose close it became known, and after the close before.
    pub day: NaiveDate,
    pub record: Uuid,
    pub post: Uuid,
    pub score: f64,
    pub is_positive: bool,
}

/// The past of `stocks`, whose symbols are the values, from `first` on, as it was known at `as_of`, in three statements.
///
/// A record counts on the trading day on which it could first be known, not on that of its post: what a vendor brought
/// late was not known before. Stocks without a bar are left out.
pub async fn read(
    db: &impl ConnectionTrait,
    stocks: &BTreeMap<Uuid, String>,
    (first, last): (NaiveDate, NaiveDate),
    as_of: DateTime<Utc>,
) -> Result<Vec<History>, Error> {
    let ids: Vec<Uuid> = stocks.keys().copied().collect();
    let after = first.and_time(NaiveTime::MIN).and_utc() - TimeDelta::milliseconds(1);
    let window = Window { after: Some(after), as_of };
    let mut bars = price::adjusted(db, &ids, &window).await?;
    let looks = looks(db, &ids, as_of).await?;
    let mut moods = moods(db, &ids, (first, as_of), &looks).await?;
    let mut histories: Vec<History> = stocks
        .iter()
        .filter_map(|(stock, symbol)| {
            let bars = bars.remove(stock)?.into_iter();
            let bars = bars.filter(|bar| (first..=last).contains(&bar.time.date_naive())).collect::<Vec<_>>();
            let moods = moods.remove(stock).unwrap_or_default();
            (!bars.is_empty()).then(|| join(symbol.clone(), &bars, moods, looks.get(stock)))
        })
        .collect();
    histories.sort_by(|one, other| one.symbol.cmp(&other.symbol));
    Ok(histories)
}

/// Since when anybody looked for posts about a stock, and which sources count.
struct Look {
    since: NaiveDate,
    sources: HashSet<SourceKind>,
}

fn join(symbol: String, bars: &[price::Adjusted], mut moods: Vec<Mood>, look: Option<&Look>) -> History {
    let days: Vec<NaiveDate> = bars.iter().map(|bar| bar.time.date_naive()).collect();
    // Before the first post nobody looked; from then on a day without one is a quiet day.
    let looked_since = look.map(|look| look.since);
    let is_simulated = bars.iter().any(|bar| bar.source == SourceKind::Simulated)
        || look.is_some_and(|look| look.sources.contains(&SourceKind::Simulated));
    // What was posted on a day without a bar is in no feature.
    moods.retain(|mood| days.binary_search(&mood.day).is_ok());
    moods.sort_by_key(|mood| (mood.day, mood.record));
    let mut by_day: BTreeMap<NaiveDate, Vec<&Mood>> = BTreeMap::new();
    for mood in &moods {
        by_day.entry(mood.day).or_default().push(mood);
    }
    let value = |(bar, day): (&price::Adjusted, &NaiveDate)| Day {
        close: bar.price.to_f64(),
        volume: bar.volume.map(|volume| volume as f64),
        sentiment: looked_since
            .filter(|since| since <= day)
            .map(|_| sentiment(by_day.get(day).map_or(&[], Vec::as_slice))),
    };
    let values = bars.iter().zip(&days).map(value).collect();
    let bars = bars.iter().map(|bar| bar.known_at).collect();
    History { symbol, days, values, bars, moods, is_simulated }
}

fn sentiment(moods: &[&Mood]) -> Sentiment {
    let scores: Vec<f64> = moods.iter().map(|mood| mood.score).collect();
    let share = |count: usize| if scores.is_empty() { 0.0 } else { count as f64 / scores.len() as f64 };
    Sentiment {
        posts: u32::try_from(scores.len()).unwrap_or(u32::MAX),
        mean: statistics::mean(&scores).unwrap_or_default(),
        deviation: statistics::standard_deviation(&scores),
        positive: share(moods.iter().filter(|mood| mood.is_positive).count()),
        extreme: share(scores.iter().filter(|score| score.abs() > EXTREME).count()),
    }
}

/// Stock, source, record, post, score, label, when it was published and known.
type Record = (Uuid, SourceKind, Uuid, Uuid, f64, SentimentLabel, DateTime<Utc>, DateTime<Utc>);

/// Since when there are records of each stock, of real sources where it has any.
async fn looks(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    as_of: DateTime<Utc>,
) -> Result<HashMap<Uuid, Look>, Error> {
    let mut rows: Vec<(Uuid, SourceKind, DateTime<Utc>)> = Entity::find()
        .select_only()
        .columns([Column::StockId, Column::Source])
        .column_as(Column::KnownAt.min(), "since")
        .filter(Column::StockId.is_in(stocks.iter().copied()))
        .filter(Column::KnownAt.lte(as_of))
        .group_by(Column::StockId)
        .group_by(Column::Source)
        .into_tuple()
        .all(db)
        .await?;
    drop_unreal(&mut rows, |row| (row.0, row.1));
    let calendar = Calendar::new_york();
    let mut looks: HashMap<Uuid, Look> = HashMap::new();
    for (stock, source, since) in rows {
        let since = calendar.influenced_session(since).day;
        let look = looks.entry(stock).or_insert_with(|| Look { since, sources: HashSet::new() });
        look.since = look.since.min(since);
        look.sources.insert(source);
    }
    Ok(looks)
}

/// The records that may count on a day from `first` on.
async fn moods(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    (first, as_of): (NaiveDate, DateTime<Utc>),
    looks: &HashMap<Uuid, Look>,
) -> Result<HashMap<Uuid, Vec<Mood>>, Error> {
    let since = first.and_time(NaiveTime::MIN).and_utc() - LONGEST_BREAK;
    let mut rows: Vec<Record> = Entity::find()
        .select_only()
        .columns([
            Column::StockId,
            Column::Source,
            Column::Id,
            Column::PostId,
            Column::Score,
            Column::Label,
            Column::PublishedAt,
            Column::KnownAt,
        ])
        .filter(Column::StockId.is_in(stocks.iter().copied()))
        .filter(Column::KnownAt.lte(as_of))
        .filter(Condition::any().add(Column::KnownAt.gte(since)).add(Column::PublishedAt.gte(since)))
        .into_tuple()
        .all(db)
        .await?;
    rows.retain(|row| looks.get(&row.0).is_some_and(|look| look.sources.contains(&row.1)));
    let calendar = Calendar::new_york();
    let mut moods: HashMap<Uuid, Vec<Mood>> = HashMap::new();
    for (stock, _, record, post, score, label, published_at, known_at) in rows {
        let day = calendar.influenced_session(published_at.max(known_at)).day;
        let is_positive = label == SentimentLabel::Positive;
        moods.entry(stock).or_default().push(Mood { day, record, post, score, is_positive });
    }
    Ok(moods)
}

impl History {
    /// Takes everything that the features are made from into a digest.
    pub(super) fn digest(&self, into: &mut Sha256) {
        into.update((self.symbol.len() as u64).to_le_bytes());
        into.update(&self.symbol);
        into.update((self.days.len() as u64).to_le_bytes());
        for ((day, value), known_at) in self.days.iter().zip(&self.values).zip(&self.bars) {
            into.update(day.num_days_from_ce().to_le_bytes());
            into.update(value.close.to_bits().to_le_bytes());
            into.update(value.volume.map_or(u64::MAX, f64::to_bits).to_le_bytes());
            into.update([u8::from(value.sentiment.is_some())]);
            into.update(known_at.timestamp_micros().to_le_bytes());
        }
        into.update((self.moods.len() as u64).to_le_bytes());
        for mood in &self.moods {
            into.update(mood.record.as_bytes());
            into.update(mood.day.num_days_from_ce().to_le_bytes());
            into.update(mood.score.to_bits().to_le_bytes());
            into.update([u8::from(mood.is_positive)]);
        }
    }
}
