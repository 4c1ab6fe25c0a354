//! What the simulated voices publish, slot by slot.

mod mood;
mod template;
mod text;
mod voice;

use self::{
    mood::Mood,
    text::Text,
    voice::{Shape, Voice},
};
use super::{
    model::{Model, Stock},
    moment::Moment,
    noise::Key,
    series::Series,
};
use chrono::{DateTime, Utc};
use domain::{market::Symbol, news::NewPost};
use entity::SourceKind;
use platform::calendar::Calendar;
use rustc_hash::FxHashSet;
use std::ops::Range;

const SLOT_SECONDS: i64 = 6;
/// The slot's first post comes within its first half, so that never more than nine seconds pass without one.
const FIRST_MILLISECONDS: f64 = 3000.0;
/// One slot in this many is kept in history.
const HISTORY_INTERVAL: usize = 20;
/// Hours in which a burst of posts after news falls to about a third.
const BURST_HOURS: f64 = 8.0;
/// The chance of another post about it per slot just after the news.
const BURST_CHANCE: f64 = 0.4;

/// Which slots are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Density {
    Live,
    History,
}

/// A post before it is put into words.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    id: String,
    key: Key,
    time: DateTime<Utc>,
    moment: Moment,
    pub stock: &'a Stock,
    /// Of the same sector.
    other: &'a Stock,
    voice: Voice,
    mood: Mood,
}

/// The posts within `range` that name one of `symbols`, oldest first.
pub(super) fn within(
    model: &Model,
    symbols: &[Symbol],
    range: Range<DateTime<Utc>>,
    density: Density,
) -> Vec<NewPost> {
    let wanted: FxHashSet<&Symbol> = symbols.iter().collect();
    let mut posts: Vec<NewPost> = drafts(model, range, density)
        .filter_map(|draft| {
            let text = Text::of(model, &draft);
            let is_wanted = wanted.contains(draft.stock.listing.symbol())
                || (text.names_other && wanted.contains(draft.other.listing.symbol()));
            is_wanted.then(|| draft.publish(text))
        })
        .collect();
    posts.sort_by_key(|post| post.published_at);
    posts
}

/// All drafts within `range`, slot by slot.
pub(super) fn drafts(
    model: &Model,
    range: Range<DateTime<Utc>>,
    density: Density,
) -> impl Iterator<Item = Draft<'_>> {
    let slots =
        range.start.timestamp().div_euclid(SLOT_SECONDS)..=range.end.timestamp().div_euclid(SLOT_SECONDS);
    let weights = Weights::new(model);
    slots
        .filter(move |slot| density == Density::Live || is_kept(model, *slot))
        .flat_map(move |slot| slot_drafts(model, &weights, slot))
        .filter(move |draft| range.contains(&draft.time))
}

fn slot_key(model: &Model, slot: i64) -> Key {
    model.key.with(5).with(slot.cast_unsigned())
}

fn is_kept(model: &Model, slot: i64) -> bool {
    slot_key(model, slot).with(0).index(HISTORY_INTERVAL) == 0
}

fn slot_drafts<'a>(model: &'a Model, weights: &Weights, slot: i64) -> Vec<Draft<'a>> {
    let Some(start) = DateTime::from_timestamp_secs(slot * SLOT_SECONDS) else { return Vec::new() };
    let Some(moment) = Moment::of(start) else { return Vec::new() };
    let key = slot_key(model, slot);
    let usual = weights.pick(model, key.with(1));
    let news = model.stocks().iter().filter(|stock| {
        let chance = burst(stock, start, &moment);
        chance > 0.0 && stock.key.with(6).with(slot.cast_unsigned()).uniform() < chance
    });
    let drafts = std::iter::once(usual).chain(news).enumerate();
    drafts.filter_map(|(index, stock)| Draft::new(model, stock, (slot, index), key)).collect()
}

/// The chance of another post because of fresh news.
fn burst(stock: &Stock, time: DateTime<Utc>, moment: &Moment) -> f64 {
    if stock.jump(moment.session) == 0.0 {
        return 0.0;
    }
    let calendar = Calendar::new_york();
    let open = calendar.influenced_session(time).open;
    let close = calendar.last_closed_session(time).close;
    let hours = |from, to| DateTime::<Utc>::signed_duration_since(to, from).num_seconds() as f64 / 3600.0;
    let hours = hours(close, time) - Series::jump_share() * hours(close, open);
    if hours < 0.0 { 0.0 } else { BURST_CHANCE * (-hours / BURST_HOURS).exp() }
}

impl<'a> Draft<'a> {
    fn new(model: &'a Model, stock: &'a Stock, (slot, index): (i64, usize), key: Key) -> Option<Self> {
        let key = key.with(2).with(index as u64);
        let width = if index == 0 { FIRST_MILLISECONDS } else { SLOT_SECONDS as f64 * 1e3 };
        let time = DateTime::from_timestamp_millis(slot * SLOT_SECONDS * 1000 + offset(key, width))?;
        let moment = Moment::of(time)?;
        let voice = Voice::pick(key.with(3));
        let mood = Mood::of(model, (stock, &moment), voice, key.with(4));
        let other = neighbour(model, stock, key.with(5));
        Some(Self {
            id: format!("sim-{slot}-{index}"),
            key: key.with(6),
            time,
            moment,
            stock,
            other,
            voice,
            mood,
        })
    }

    #[cfg(test)]
    pub(super) fn is_by_analyst(&self) -> bool {
        self.voice == Voice::Analyst
    }

    /// The session that the post could still influence.
    #[cfg(test)]
    pub(super) fn session(&self) -> usize {
        self.moment.session
    }

    #[cfg(test)]
    pub(super) fn score(&self) -> f64 {
        match self.mood {
            Mood::Bullish => 1.0,
            Mood::Bearish => -1.0,
            Mood::Neutral => 0.0,
        }
    }

    fn publish(self, text: Text) -> NewPost {
        let Shape { content_type, channel, author, votes, comment_count, upvote_ratio } =
            self.voice.shape(self.key, text.title.is_some());
        NewPost {
            source: SourceKind::Simulated,
            external_id: self.id,
            content_type,
            channel: Some(channel.to_owned()),
            url: None,
            title: text.title,
            body: text.body,
            author,
            votes,
            comment_count,
            upvote_ratio,
            published_at: self.time,
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a slot has a few thousand milliseconds")]
fn offset(key: Key, width: f64) -> i64 {
    (key.with(7).uniform() * width) as i64
}

/// Another stock of the sector; an index fund for index funds.
fn neighbour<'a>(model: &'a Model, stock: &'a Stock, key: Key) -> &'a Stock {
    let is_other = |other: &&Stock| other.sector == stock.sector && other.listing != stock.listing;
    let count = model.stocks().iter().filter(is_other).count();
    model.stocks().iter().filter(is_other).nth(key.index(count)).unwrap_or(stock)
}

/// How much each stock is written about, summed up.
struct Weights(Vec<f64>);

impl Weights {
    fn new(model: &Model) -> Self {
        let mut sum = 0.0;
        let sums = model.stocks().iter().map(|stock| {
            sum += 0.03 + stock.listing.popularity.powi(2);
            sum
        });
        Self(sums.collect())
    }

    fn pick<'a>(&self, model: &'a Model, key: Key) -> &'a Stock {
        let point = key.uniform() * self.0.last().copied().unwrap_or(0.0);
        let index = self.0.partition_point(|sum| *sum <= point);
        &model.stocks()[index.min(model.stocks().len() - 1)]
    }
}
