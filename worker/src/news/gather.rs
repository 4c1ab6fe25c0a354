//! Reads one vendor's posts: what is missing, the stalest and most wanted first.

use crate::{
    Env,
    interest::interest,
    source::{
        PostSource, VendorError,
        budget::{Candidate, choose, share},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Knowledge,
    market::Symbol,
    news::{address, mark, post},
};
use std::collections::HashMap;

/// Without a mark so much of the past is read.
const FIRST: TimeDelta = TimeDelta::days(1);
/// A longer absence is not made up for.
const LONGEST_GAP: TimeDelta = TimeDelta::days(3);
/// Hundredths of a budget's rest for one look.
const SHARE: i64 = 25;

/// Until when each topic was read.
type Marks = HashMap<String, DateTime<Utc>>;

/// How many posts were new; the outer error is ours, the inner one the vendor's.
///
/// Whole answers are stored, and marked as read: a failure loses nothing of those before it, and the next look reads the
/// rest.
pub(super) async fn gather(
    env: &Env,
    source: &dyn PostSource,
    symbols: &[Symbol],
) -> anyhow::Result<Result<usize, VendorError>> {
    let marks = mark::of(env.platform.db.connection(), source.kind()).await?;
    let mut added = 0;
    for chunk in chunks(env, source, symbols, &marks).await? {
        match read(env, source, &chunk, &marks).await? {
            Ok(count) => added += count,
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(added))
}

/// What to read now, one request or series of pages each.
async fn chunks(
    env: &Env,
    source: &dyn PostSource,
    symbols: &[Symbol],
    marks: &Marks,
) -> anyhow::Result<Vec<Vec<Symbol>>> {
    let (db, now) = (env.platform.db.connection(), env.platform.clock.now());
    // A little earlier than asked: schedules are not exact.
    let pace = source.habit().pace * 9 / 10;
    let Some(reach) = source.habit().reach else {
        let is_due = marks.get(mark::WHOLE).is_none_or(|until| now - *until >= pace);
        return Ok(if is_due { vec![symbols.to_vec()] } else { Vec::new() });
    };
    let interest = interest(db, symbols, now).await?;
    let candidate = |symbol: &Symbol| {
        let age = marks.get(symbol.as_str()).map_or(LONGEST_GAP, |until| now - *until);
        let interest = interest.get(symbol).copied().unwrap_or(1.0);
        Candidate { symbol: symbol.clone(), staleness: age - pace, interest }
    };
    let calls = share(env.vendors().budget_left(source.kind()).await?, SHARE);
    let chosen = choose(symbols.iter().map(candidate).collect(), calls.saturating_mul(reach));
    Ok(chosen.chunks(reach).map(<[Symbol]>::to_vec).collect())
}

async fn read(
    env: &Env,
    source: &dyn PostSource,
    symbols: &[Symbol],
    marks: &Marks,
) -> anyhow::Result<Result<usize, VendorError>> {
    let (db, now) = (env.platform.db.connection(), env.platform.clock.now());
    let topics: Vec<String> = match source.habit().reach {
        None => vec![mark::WHOLE.to_owned()],
        Some(_) => symbols.iter().map(ToString::to_string).collect(),
    };
    let read_until = topics.iter().map(|topic| marks.get(topic).copied().unwrap_or(now - FIRST)).min();
    let start = read_until.unwrap_or(now).max(now - LONGEST_GAP) - source.habit().delay;
    let posts = match source.collect(symbols, start..now).await {
        Ok(posts) => posts,
        Err(error) => return Ok(Err(error)),
    };
    let shelf = env.shelf.lock().await;
    let posts = address::drop_known(db, posts).await?;
    let stored = post::store(&env.platform, &posts, Knowledge::Observed).await?;
    drop(shelf);
    // After them: if the worker dies in between, they are read again, and stored once.
    mark::set(db, source.kind(), &topics, now).await?;
    Ok(Ok(stored.added))
}
