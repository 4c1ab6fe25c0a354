//! A day on which the vendors fail in every way, at random.

use super::{Desk, article};
use chrono::TimeDelta;
use domain::{
    SourceKind, Timeframe, Window,
    admin::connection::Breaker,
    market::{CollectPrices, price, stock},
    news::{CollectPosts, post},
};
use jobs::Job as _;
use sea_orm::EntityTrait as _;
use std::collections::{BTreeMap, HashSet};
use tests::{Article, Bar, Chaos, build};

const SEED: u64 = 20_260_302;
/// Of chaos, after which the vendors are well again.
const HOURS: i64 = 24;
/// Of all requests.
const FAILING: f64 = 0.5;
const NEWS: [(SourceKind, &str); 4] = [
    (SourceKind::Reddit, "reddit"),
    (SourceKind::Finnhub, "finnhub"),
    (SourceKind::NewsApi, "newsapi"),
    (SourceKind::Marketaux, "marketaux"),
];
const SYMBOLS: [&str; 3] = ["AAPL", "IBM", "MSFT"];
/// One of each hour, vendor and symbol.
const EXPECTED: usize = 24 * NEWS.len() * SYMBOLS.len();

async fn collect(desk: &Desk, worker: &worker::Worker) {
    let platform = &desk.app.platform;
    let db = platform.db.connection();
    jobs::enqueue(db, &platform.clock, &CollectPosts {}).await.unwrap();
    jobs::enqueue(db, &platform.clock, &CollectPrices {}).await.unwrap();
    for kind in [CollectPosts::KIND, CollectPrices::KIND] {
        desk.drain(worker, kind).await;
    }
}

fn publish(desk: &Desk, hour: i64) {
    for (number, (_, name)) in NEWS.into_iter().enumerate() {
        for (index, symbol) in SYMBOLS.into_iter().enumerate() {
            let id = hour * 100 + i64::try_from(number * 10 + index).unwrap();
            let at = desk.now() - TimeDelta::minutes(10);
            let mut one = Article { at, ..article(desk, &id.to_string(), symbol, 0) };
            if name == "reddit" {
                (one.publisher, one.id) = ("stocks".to_owned(), format!("t3_{id}"));
                one.url = String::new();
            }
            desk.vendors.publish(name, one);
        }
    }
}

#[tokio::test]
async fn a_day_of_random_failures_ends_with_everything_once_and_closed_breakers() {
    let kinds: Vec<SourceKind> =
        NEWS.iter().map(|(kind, _)| *kind).chain([SourceKind::AlphaVantage]).collect();
    let desk = Desk::open_with(&kinds, |config| {
        config.providers.yahoo_enabled = true;
        let limits = &mut config.providers.limits;
        (limits.newsapi.per_day, limits.marketaux.per_day) = (None, None);
    });
    let desk = desk.await;
    desk.watch(&SYMBOLS).await;
    // After hours of failures much is to be read: at least as much as a page of the real one has.
    desk.vendors.widen_pages(100);
    let days = ["2026-02-26", "2026-02-27", "2026-03-02"];
    for (symbol, day) in SYMBOLS.iter().flat_map(|symbol| days.map(|day| (symbol, day))) {
        desk.vendors.bar(symbol, day, Bar::flat(10.0));
    }
    let worker = desk.worker();
    let start = desk.now();
    desk.vendors.rage(Some(Chaos::new(SEED, FAILING)));
    for hour in 0..HOURS {
        let at = start + TimeDelta::hours(hour);
        desk.app.platform.clock.set(at.max(desk.now()));
        publish(&desk, hour);
        collect(&desk, &worker).await;
    }
    desk.vendors.rage(None);
    // Whoever was left alone comes back, and whoever was just asked is due again: on a slow machine time, which passes while
    // jobs wait, is ahead of the hours by now.
    for hour in [1, 2, 3] {
        let at = start + TimeDelta::hours(HOURS + hour);
        desk.app.platform.clock.set(at.max(desk.now() + TimeDelta::hours(1)));
        collect(&desk, &worker).await;
    }
    let db = desk.app.platform.db.connection();
    let rows = entity::news::post::Entity::find().all(db).await.unwrap();
    let unique: HashSet<_> = rows.iter().map(|row| (row.source, &row.external_id)).collect();
    let mut hours: BTreeMap<(SourceKind, String), usize> = BTreeMap::new();
    for row in &rows {
        *hours.entry((row.source, row.published_at.to_rfc3339())).or_default() += 1;
    }
    assert_eq!((rows.len(), unique.len()), (EXPECTED, rows.len()), "{hours:#?}");
    for symbol in SYMBOLS {
        let stock = stock::find(db, &build::symbol(symbol)).await.unwrap().unwrap();
        let window = Window::new(Timeframe::All, desk.now());
        let closes =
            price::closes(db, &[stock.id], &window).await.unwrap().remove(&stock.id).unwrap_or_default();
        assert_eq!(closes.len(), days.len(), "{symbol}");
    }
    for kind in NEWS.iter().map(|(kind, _)| *kind).chain([SourceKind::Yahoo]) {
        let provider = desk.provider(kind).await;
        let state = provider.state.clone().unwrap();
        assert_eq!((state.breaker, state.retry_at), (Breaker::Closed, None), "{kind:?}");
        assert!(provider.usage.this_month.failed > 0, "{kind:?} never failed");
    }
    let count = post::count(db, &post::Filter::default()).await.unwrap();
    desk.app.discard().await;
    assert_eq!(usize::try_from(count).unwrap(), EXPECTED);
}
