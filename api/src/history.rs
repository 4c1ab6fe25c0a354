//! Histories, live: each event once and in order, after a cursor if there is one, with what it is about.

use crate::{
    context::ContextExt as _,
    error::{ApiError, Result},
    marked::{Mark, Marked, Resume},
    relay::{decode, encode},
    scalar::{Cursor, Symbol},
};
use async_graphql::Context;
use domain::event::{Event, FeedError, Happening};
use futures_util::{Stream, StreamExt as _, stream};
use platform::{Fault, Platform, database::DatabaseConnection};
use serde::de::DeserializeOwned;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

const MOST_SYMBOLS: usize = 500;
/// Rows loaded with one statement.
const BATCH: usize = 100;

/// Events about rows of stocks, which clients follow one by one.
pub trait History: Event + DeserializeOwned + Send + Sync + 'static {
    type Row: Send;
    type Error: Fault + Into<ApiError> + Send + Sync;
    /// What clients get.
    type Told: Send;

    fn symbol(&self) -> &str;

    /// What the event is about.
    fn row(&self) -> Uuid;

    /// Loads rows with one statement; one that is gone is no longer anybody's to see.
    fn rows(
        db: &DatabaseConnection,
        ids: Vec<Uuid>,
    ) -> impl Future<Output = std::result::Result<HashMap<Uuid, Self::Row>, Self::Error>> + Send;

    fn tell(cursor: Cursor, row: Self::Row) -> Self::Told;
}

/// All events of a history about `symbols`, or about all stocks, after a cursor or from now on.
pub async fn follow<H: History>(
    ctx: &Context<'_>,
    symbols: Option<Vec<Symbol>>,
    after: Option<Cursor>,
) -> Result<impl Stream<Item = Marked<Result<H::Told>>> + Send + use<H>> {
    let symbols = symbols.unwrap_or_default();
    if symbols.len() > MOST_SYMBOLS {
        return Err(ApiError::input("symbols", format!("at most {MOST_SYMBOLS} symbols at a time")));
    }
    let seat = ctx.quotes().audience().join(symbols.iter().map(|symbol| symbol.0.clone()));
    let symbols: HashSet<String> = symbols.into_iter().map(|symbol| symbol.0.to_string()).collect();
    let after = match ctx.data_opt::<Resume>() {
        Some(Resume::Now) => None,
        Some(Resume::After(sequence)) => Some(*sequence),
        None => after.map(|after| position::<H>(&after)).transpose()?,
    };
    let events = ctx.feed().follow(H::TOPIC, after).await?;
    let platform = ctx.platform().clone();
    let wanted = events.filter_map(move |event| {
        let event = event.and_then(|event| read::<H>(&event));
        let pass = match &event {
            Ok((_, event)) => symbols.is_empty() || symbols.contains(event.symbol()),
            Err(_) => true,
        };
        std::future::ready(pass.then_some(event))
    });
    let batches = wanted.ready_chunks(BATCH).then(move |batch| load::<H>(platform.clone(), batch));
    // The place in the audience is held as long as the stream.
    Ok(batches.flat_map(stream::iter).map(move |event| {
        let _held = &seat;
        event
    }))
}

type Read<H> = std::result::Result<(i64, H), FeedError>;

fn read<H: History>(event: &Happening) -> Read<H> {
    Ok((event.sequence, event.read()?))
}

/// Loads the rows of a batch with one statement.
async fn load<H: History>(platform: Platform, batch: Vec<Read<H>>) -> Vec<Marked<Result<H::Told>>> {
    let ids: Vec<Uuid> = batch.iter().flatten().map(|(_, event)| event.row()).collect();
    let db = &platform.db;
    let mut rows = match db.patiently(|| H::rows(db.connection(), ids.clone())).await {
        Ok(rows) => rows,
        Err(error) => return vec![failed(error.into())],
    };
    let event = |event: Read<H>| match event {
        Ok((sequence, event)) => rows.remove(&event.row()).map(|row| {
            let cursor = encode(&(H::TOPIC, sequence));
            Marked { mark: Mark::History(sequence), event: Ok(H::tell(cursor, row)) }
        }),
        Err(error) => Some(failed(error.into())),
    };
    batch.into_iter().filter_map(event).collect()
}

/// The last there is: nobody resumes after it.
fn failed<T>(error: ApiError) -> Marked<Result<T>> {
    Marked { mark: Mark::State(String::new()), event: Err(error) }
}

fn position<H: History>(cursor: &Cursor) -> Result<i64> {
    let (topic, sequence): (String, i64) = decode("after", cursor)?;
    if topic == H::TOPIC {
        Ok(sequence)
    } else {
        Err(ApiError::input("after", "not a cursor of this stream: use one that this subscription returned"))
    }
}
