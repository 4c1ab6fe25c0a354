//! Which symbols live clients follow, so that scarce requests are spent where someone looks.
//!
//! Each process writes down once a minute what its own clients follow.

use super::{Error, Symbol, watchlist};
use crate::insert::insert_all;
use chrono::{DateTime, TimeDelta, Utc};
use entity::market::audience::{Column, Entity, Model};
use platform::Platform;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _, sea_query::OnConflict,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tracing::warn;

const PERIOD: Duration = Duration::from_mins(1);
/// Who was not seen for so long has left.
const PRESENCE: TimeDelta = TimeDelta::minutes(5);

/// The followers that one process has, by symbol; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Audience(Arc<Mutex<HashMap<Symbol, usize>>>);

/// Someone who follows symbols as long as this is held.
#[derive(Debug)]
pub struct Seat {
    audience: Audience,
    symbols: HashSet<Symbol>,
}

impl Audience {
    pub fn join(&self, symbols: impl IntoIterator<Item = Symbol>) -> Seat {
        let symbols: HashSet<Symbol> = symbols.into_iter().collect();
        let mut followers = self.lock();
        for symbol in &symbols {
            *followers.entry(symbol.clone()).or_default() += 1;
        }
        drop(followers);
        Seat { audience: self.clone(), symbols }
    }

    /// Writes down who is followed now, of the watch-list: nothing else is asked for.
    pub async fn note(&self, platform: &Platform) -> Result<(), Error> {
        let followed: HashSet<Symbol> = self.lock().keys().cloned().collect();
        if followed.is_empty() {
            return Ok(());
        }
        let db = platform.db.connection();
        let watched = watchlist::symbols(db).await?.into_iter().filter(|symbol| followed.contains(symbol));
        let seen_at = platform.clock.now();
        let row =
            |symbol: Symbol| Model { symbol: symbol.to_string(), seen_at }.into_active_model().reset_all();
        let known = OnConflict::column(Column::Symbol).update_column(Column::SeenAt).to_owned();
        Ok(insert_all(db, watched.map(row).collect(), Some(known)).await?)
    }

    /// Writes it down for as long as this is polled.
    pub(super) async fn keep(self, platform: Platform) {
        loop {
            tokio::time::sleep(PERIOD).await;
            if let Err(error) = self.note(&platform).await {
                warn!(%error, "Could not write down which symbols are followed");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Symbol, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut followers = self.audience.lock();
        for symbol in &self.symbols {
            match followers.get_mut(symbol) {
                Some(count) if *count > 1 => *count -= 1,
                _ => drop(followers.remove(symbol)),
            }
        }
    }
}

/// The symbols that someone follows now, of all processes.
pub async fn present(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<HashSet<String>, Error> {
    let seen = Entity::find().select_only().column(Column::Symbol);
    let symbols: Vec<String> = seen.filter(Column::SeenAt.gt(now - PRESENCE)).into_tuple().all(db).await?;
    Ok(symbols.into_iter().collect())
}
