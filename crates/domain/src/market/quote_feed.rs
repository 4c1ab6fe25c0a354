//! The newest quotes, live: state, not history.
//!
//! One task per process keeps the newest quote of each symbol. A subscriber gets what changed since it last looked, so
//! a slow one misses steps between but never falls behind, and needs no buffer.

use super::{
    Audience, Symbol,
    quote::{self, Quote},
};
use futures_util::{Stream, StreamExt as _, stream};
use platform::{Platform, bus::Signal, database::Changes};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::{sync::watch, time::timeout};
use tokio_util::task::AbortOnDropHandle;
use tracing::warn;

/// How often the table is read when the bus is silent.
const POLL: Duration = Duration::from_secs(5);

/// The quotes of all symbols, for one process.
#[derive(Clone, Debug)]
pub struct QuoteFeed {
    shared: Arc<Shared>,
    audience: Audience,
    _tasks: Arc<[AbortOnDropHandle<()>; 2]>,
}

#[derive(Debug)]
struct Shared {
    quotes: RwLock<HashMap<Symbol, Arc<Quote>>>,
    version: watch::Sender<u64>,
    changes: Changes,
}

impl QuoteFeed {
    /// Starts to follow all quotes.
    pub fn start(platform: &Platform) -> Self {
        let shared = Arc::new(Shared {
            quotes: RwLock::default(),
            version: watch::Sender::new(0),
            changes: platform.db.changes().clone(),
        });
        let audience = Audience::default();
        let pump = tokio::spawn(pump(shared.clone(), platform.clone()));
        let keep = tokio::spawn(audience.clone().keep(platform.clone()));
        Self { shared, audience, _tasks: Arc::new([pump, keep].map(AbortOnDropHandle::new)) }
    }

    /// Who follows what in this process, whether quotes or something else.
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// The current quotes of `symbols`, then their changes.
    pub fn follow(&self, symbols: BTreeSet<Symbol>) -> impl Stream<Item = Arc<Quote>> + Send + use<> {
        let seat = self.audience.join(symbols.iter().cloned());
        let seen: HashMap<Symbol, Option<Arc<Quote>>> =
            symbols.into_iter().map(|symbol| (symbol, None)).collect();
        let mut version = self.shared.version.subscribe();
        version.mark_changed();
        stream::unfold(
            (self.shared.clone(), version, seen, seat),
            |(shared, mut version, mut seen, seat)| async {
                version.changed().await.ok()?;
                let changed = shared.changed_since(&mut seen);
                Some((stream::iter(changed), (shared, version, seen, seat)))
            },
        )
        .flatten()
    }

    /// A tick whenever any quote changed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.version.subscribe()
    }
}

impl Shared {
    fn changed_since(&self, seen: &mut HashMap<Symbol, Option<Arc<Quote>>>) -> Vec<Arc<Quote>> {
        let quotes = self.quotes.read().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Vec::new();
        for (symbol, last) in seen {
            if let Some(quote) = quotes.get(symbol)
                && last.as_ref() != Some(quote)
            {
                *last = Some(quote.clone());
                changed.push(quote.clone());
            }
        }
        changed
    }

    fn merge(&self, newer: Vec<Quote>) {
        let mut quotes = self.quotes.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = false;
        for quote in newer {
            let is_news = |known: &Arc<Quote>| quote.replaces(known) && **known != quote;
            if quotes.get(&quote.symbol).is_none_or(is_news) {
                quotes.insert(quote.symbol.clone(), Arc::new(quote));
                changed = true;
            }
        }
        if changed {
            // Before anyone can see them.
            self.changes.count();
        }
        drop(quotes);
        if changed {
            self.version.send_modify(|version| *version += 1);
        }
    }
}

async fn pump(shared: Arc<Shared>, platform: Platform) {
    let mut signals = platform.bus.subscribe();
    loop {
        match quote::all(platform.db.connection()).await {
            Ok(quotes) => shared.merge(quotes),
            Err(error) => warn!(%error, "Could not read quotes"),
        }
        // Until the bus may have lost something, or is silent, it is enough.
        while let Ok(Some(Signal::Message(message))) = timeout(POLL, signals.next()).await {
            if message.topic == quote::TOPIC {
                match serde_json::from_str(&message.payload) {
                    Ok(quotes) => shared.merge(quotes),
                    Err(error) => warn!(%error, "Could not read quotes from the bus"),
                }
            }
        }
    }
}
