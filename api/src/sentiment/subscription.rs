//! Sentiment, live.

use super::SentimentRecord;
use crate::{
    context::ContextExt,
    error::{ApiError, Result},
    marked::{Mark, Marked, Resume},
    relay::{decode, encode},
    scalar::{Cursor, Symbol},
};
use async_graphql::{Context, SimpleObject, Subscription};
use domain::{
    event::{Event as _, FeedError, Happening},
    sentiment::{SentimentScored, record},
};
use futures_util::{Stream, StreamExt as _, stream};
use platform::Platform;
use std::collections::{HashMap, HashSet};

const MOST_SYMBOLS: usize = 500;
/// Records loaded with one statement.
const BATCH: usize = 100;

/// A stock's mention in a post was scored.
#[derive(Clone, Debug, SimpleObject)]
pub struct SentimentEvent {
    /// Pass it as `after` when you reconnect: you get what you missed, once and in order.
    pub cursor: Cursor,
    /// The record.
    pub record: SentimentRecord,
}

#[derive(Debug, Default)]
pub struct SentimentSubscription;

#[Subscription]
impl SentimentSubscription {
    /// Every new sentiment record once, in order. With `after`, first those that were missed.
    async fn sentiment_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these stocks, at most 500; default all.")] symbols: Option<Vec<Symbol>>,
        #[graphql(desc = "The cursor of the last event that was received.")] after: Option<Cursor>,
    ) -> Result<impl Stream<Item = Marked<Result<SentimentEvent>>>> {
        let symbols = symbols.unwrap_or_default();
        if symbols.len() > MOST_SYMBOLS {
            return Err(ApiError::input("symbols", format!("at most {MOST_SYMBOLS} symbols at a time")));
        }
        let seat = ctx.quotes().audience().join(symbols.iter().map(|symbol| symbol.0.clone()));
        let symbols: HashSet<String> = symbols.into_iter().map(|symbol| symbol.0.to_string()).collect();
        let after = match ctx.data_opt::<Resume>() {
            Some(Resume::Now) => None,
            Some(Resume::After(sequence)) => Some(*sequence),
            None => after.map(|after| position(&after)).transpose()?,
        };
        let events = ctx.feed().follow(SentimentScored::TOPIC, after).await?;
        let platform = ctx.platform().clone();
        let wanted = events.filter_map(move |event| {
            let event = event.and_then(|event| scored(&event));
            let pass = match &event {
                Ok((_, event)) => symbols.is_empty() || symbols.contains(&event.symbol),
                Err(_) => true,
            };
            std::future::ready(pass.then_some(event))
        });
        let batches = wanted.ready_chunks(BATCH).then(move |batch| load(platform.clone(), batch));
        // The place in the audience is held as long as the stream.
        Ok(batches.flat_map(stream::iter).map(move |event| {
            let _held = &seat;
            event
        }))
    }
}

type Scored = (i64, SentimentScored);

fn scored(event: &Happening) -> std::result::Result<Scored, FeedError> {
    Ok((event.sequence, event.read()?))
}

/// Loads the records of a batch with one statement.
async fn load(
    platform: Platform,
    batch: Vec<std::result::Result<Scored, FeedError>>,
) -> Vec<Marked<Result<SentimentEvent>>> {
    let ids: Vec<_> = batch.iter().flatten().map(|(_, event)| event.record).collect();
    let db = &platform.db;
    let rows = match db.patiently(|| record::by_ids(db.connection(), ids.clone())).await {
        Ok(rows) => rows,
        Err(error) => return vec![failed(error.into())],
    };
    let mut rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let event = |event: std::result::Result<Scored, FeedError>| match event {
        // A record that was erased since is no longer anybody's to see.
        Ok((sequence, event)) => rows.remove(&event.record).map(|row| self::event(sequence, row)),
        Err(error) => Some(failed(error.into())),
    };
    batch.into_iter().filter_map(event).collect()
}

fn event(sequence: i64, row: record::Row) -> Marked<Result<SentimentEvent>> {
    let cursor = encode(&(SentimentScored::TOPIC, sequence));
    Marked { mark: Mark::History(sequence), event: Ok(SentimentEvent { cursor, record: row.into() }) }
}

/// The last there is: nobody resumes after it.
fn failed(error: ApiError) -> Marked<Result<SentimentEvent>> {
    Marked { mark: Mark::State(String::new()), event: Err(error) }
}

fn position(cursor: &Cursor) -> Result<i64> {
    let (topic, sequence): (String, i64) = decode("after", cursor)?;
    if topic == SentimentScored::TOPIC {
        Ok(sequence)
    } else {
        Err(ApiError::input("after", "not a cursor of this stream: use one that this subscription returned"))
    }
}
