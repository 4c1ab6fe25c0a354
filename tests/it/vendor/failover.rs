//! One source steps in for another, and steps back.

use super::Desk;
use domain::{
    SourceKind, Timeframe, Window,
    market::{CollectPrices, ComparePrices, finding, price, quote},
};
use jobs::Job as _;
use sea_orm::EntityTrait as _;
use tests::{Bar, Fault, build};
use worker::{Env, poll};

fn with_yahoo(config: &mut platform::config::Config) {
    config.providers.yahoo_enabled = true;
    config.simulate = None;
}

async fn collect(desk: &Desk) {
    let platform = &desk.app.platform;
    jobs::enqueue(platform.db.connection(), &platform.clock, &CollectPrices {}).await.unwrap();
    desk.drain(&desk.worker(), CollectPrices::KIND).await;
}

/// Day, close and source of each bar as it stands.
async fn bars(desk: &Desk, symbol: &str) -> Vec<String> {
    let db = desk.app.platform.db.connection();
    let stock = domain::market::stock::find(db, &build::symbol(symbol)).await.unwrap().unwrap();
    let window = Window::new(Timeframe::All, desk.now());
    let mut closes = price::closes(db, &[stock.id], &window).await.unwrap();
    let closes = closes.remove(&stock.id).unwrap_or_default();
    let text = |close: price::Close| {
        format!("{} {} {:?}", close.time.date_naive(), close.price.to_f64(), close.source)
    };
    closes.into_iter().map(text).collect()
}

#[tokio::test]
async fn bars_come_from_the_next_source_while_the_first_is_down() {
    let desk = Desk::open_with(&[SourceKind::AlphaVantage], with_yahoo).await;
    desk.watch(&["MSFT"]).await;
    for (day, price) in [("2026-02-26", 1.0), ("2026-02-27", 2.0), ("2026-03-02", 3.0), ("2026-03-03", 4.0)] {
        desk.vendors.bar("MSFT", day, Bar::flat(price));
    }
    collect(&desk).await;
    desk.vendors.fail("yahoo", [Fault::Server(503); 5]);
    desk.move_to("2026-03-03T12:00:00Z");
    collect(&desk).await;
    desk.move_to("2026-03-04T12:00:00Z");
    collect(&desk).await;
    let found = bars(&desk, "MSFT").await;
    let versions =
        entity::market::price_bar::Entity::find().all(desk.app.platform.db.connection()).await.unwrap();
    desk.app.finish().await;
    assert_eq!(
        found,
        ["2026-02-26 1 Yahoo", "2026-02-27 2 Yahoo", "2026-03-02 3 AlphaVantage", "2026-03-03 4 Yahoo"]
    );
    assert_eq!(versions.len(), 4, "nobody revised the other");
}

#[tokio::test]
async fn a_symbol_that_nobody_knows_does_not_eat_the_budget() {
    let desk = Desk::open_with(&[SourceKind::AlphaVantage], |_| {}).await;
    desk.watch(&["MSFT", "NEWCO"]).await;
    desk.vendors.bar("MSFT", "2026-02-27", Bar::flat(2.0));
    for hour in 17..20 {
        collect(&desk).await;
        desk.move_to(&format!("2026-03-02T{hour}:30:00Z"));
    }
    let (known, unknown) =
        (desk.vendors.calls("symbol=MSFT").len(), desk.vendors.calls("symbol=NEWCO").len());
    desk.move_to("2026-03-03T01:00:00Z");
    collect(&desk).await;
    let later = desk.vendors.calls("symbol=NEWCO").len();
    let found = bars(&desk, "MSFT").await;
    desk.app.finish().await;
    assert_eq!(found, ["2026-02-27 2 AlphaVantage"]);
    // Twice each: a long history first, of which the plan gives only the last part.
    assert_eq!((known, unknown, later), (2, 2, 4));
}

#[tokio::test]
async fn a_fresh_split_has_the_past_fetched_anew() {
    let desk = Desk::open_with(&[], with_yahoo).await;
    desk.watch(&["MSFT"]).await;
    desk.vendors.bar("MSFT", "2026-01-05", Bar::flat(8.0));
    desk.vendors.bar("MSFT", "2026-02-27", Bar::flat(8.0));
    collect(&desk).await;
    desk.vendors.bar("MSFT", "2026-01-05", Bar::flat(2.0));
    desk.vendors.bar("MSFT", "2026-02-27", Bar::flat(2.0));
    desk.vendors.bar("MSFT", "2026-03-02", Bar::flat(2.0));
    desk.vendors.split("MSFT", "2026-03-02", 4);
    desk.move_to("2026-03-03T12:00:00Z");
    collect(&desk).await;
    desk.drain(&desk.worker(), domain::market::BackfillPrices::KIND).await;
    let found = bars(&desk, "MSFT").await;
    desk.app.finish().await;
    assert_eq!(found, ["2026-01-05 2 Yahoo", "2026-02-27 2 Yahoo", "2026-03-02 2 Yahoo"]);
}

#[tokio::test]
async fn quotes_come_from_whoever_knows_and_the_last_ones_stay() {
    let desk = Desk::open_with(&[SourceKind::Finnhub], with_yahoo).await;
    desk.watch(&["MSFT", "IBM"]).await;
    let env = Env::new(desk.app.platform.clone(), desk.supply(), &desk.app.config).unwrap();
    let mut memory = poll::Memory::default();
    desk.vendors.quote("MSFT", 10.0, build::time("2026-03-02T16:29:00Z"));
    desk.vendors.quote("IBM", 20.0, build::time("2026-03-02T16:29:00Z"));
    poll::round(&env, &mut memory).await.unwrap();
    let first = quotes(&desk).await;
    desk.move_to("2026-03-02T16:40:00Z");
    desk.vendors.quote("MSFT", 11.0, build::time("2026-03-02T16:39:00Z"));
    desk.vendors.fail("finnhub", [Fault::Server(500); 5]);
    poll::round(&env, &mut memory).await.unwrap();
    let second = quotes(&desk).await;
    desk.move_to("2026-03-02T17:10:00Z");
    desk.vendors.feel(tests::Mood::Down);
    poll::round(&env, &mut memory).await.unwrap();
    let last = quotes(&desk).await;
    let app = &desk.app;
    let stale = app.data("{ stock(symbol: \"MSFT\") { quote { price isStale source } } }").await;
    desk.app.finish().await;
    assert_eq!(first, ["IBM 20 Finnhub", "MSFT 10 Finnhub"]);
    assert!(second.contains(&"MSFT 11 Yahoo".to_owned()), "{second:?}");
    assert_eq!(second, last);
    assert_eq!(stale["stock"]["quote"]["isStale"], true);
}

#[tokio::test]
async fn a_trade_that_knows_only_its_price_does_not_keep_the_rest_of_the_day_away() {
    let desk = Desk::open(&[SourceKind::Finnhub]).await;
    desk.watch(&["MSFT"]).await;
    let traded = quote::Quote {
        previous_close: None,
        source: SourceKind::Finnhub,
        ..build::new_quote("MSFT", 12.0, "2026-03-02T16:29:00.500Z")
    };
    build::quotes(&desk.app.platform, &[traded]).await;
    desk.vendors.quote("MSFT", 10.0, build::time("2026-03-02T16:29:00Z"));
    let env = Env::new(desk.app.platform.clone(), desk.supply(), &desk.app.config).unwrap();
    poll::round(&env, &mut poll::Memory::default()).await.unwrap();
    let found = quote::all(desk.app.platform.db.connection()).await.unwrap().swap_remove(0);
    desk.app.finish().await;
    assert_eq!(found.price, build::amount(12.0), "the trade is newer");
    assert!(found.previous_close.is_some(), "{found:?}");
}

async fn quotes(desk: &Desk) -> Vec<String> {
    let quotes = quote::all(desk.app.platform.db.connection()).await.unwrap();
    let mut lines: Vec<_> = quotes
        .iter()
        .map(|quote| format!("{} {} {:?}", quote.symbol, quote.price.to_f64(), quote.source))
        .collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn a_second_source_is_asked_and_what_differs_becomes_a_finding() {
    let desk = Desk::open_with(&[SourceKind::AlphaVantage], with_yahoo).await;
    desk.watch(&["MSFT", "IBM"]).await;
    let days = ["2026-02-23", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27"];
    for symbol in ["IBM", "MSFT"] {
        for day in days {
            desk.vendors.bar(symbol, day, Bar::flat(100.0));
        }
    }
    collect(&desk).await;
    // The second vendor says something else of two days in a row, and of another; a rounding is none.
    for (day, price) in [(1, 104.0), (2, 104.0), (3, 100.2), (4, 90.0)] {
        desk.vendors.bar("MSFT", days[day], Bar::flat(price));
    }
    let first = disagreements(&desk).await;
    desk.move_to("2026-03-03T12:00:00Z");
    let again = disagreements(&desk).await;
    desk.vendors.bar("MSFT", days[4], Bar::flat(100.0));
    desk.move_to("2026-03-09T12:00:00Z");
    let mended = disagreements(&desk).await;
    desk.vendors.bar("MSFT", days[4], Bar::flat(90.0));
    desk.move_to("2026-03-16T12:00:00Z");
    let wrong_again = disagreements(&desk).await;
    // Six weeks later the first days are out of sight, and what goes on is no other error.
    desk.move_to("2026-04-11T12:00:00Z");
    let later = disagreements(&desk).await;
    let asked = desk.vendors.calls("alpha").len() + desk.vendors.calls("symbol=IBM").len();
    let stored = bars(&desk, "MSFT").await;
    desk.app.finish().await;
    assert_eq!(first, ["2026-02-27 Open 100 90 1", "2026-02-24 Open 100 104 2"]);
    assert_eq!(again, first, "twice equals once");
    assert_eq!(mended[0], "2026-02-27 Dismissed 100 90 1");
    assert_eq!(mended[1..], first[1..]);
    assert_eq!((wrong_again, later), (first.clone(), first));
    assert!(asked > 0);
    assert!(stored.iter().all(|bar| bar.ends_with("100 Yahoo")), "nobody is overruled: {stored:?}");
}

/// The disagreements after another comparison, newest day first.
async fn disagreements(desk: &Desk) -> Vec<String> {
    use entity::market::price_finding::{Column, Entity, FindingKind};
    use sea_orm::{ColumnTrait as _, QueryFilter as _, QueryOrder as _};
    let platform = &desk.app.platform;
    let db = platform.db.connection();
    jobs::enqueue(db, &platform.clock, &ComparePrices {}).await.unwrap();
    desk.drain(&desk.worker(), ComparePrices::KIND).await;
    let found = Entity::find().filter(Column::Kind.eq(FindingKind::Disagreement)).order_by_desc(Column::Time);
    let text = |row: &finding::Row| {
        let evidence = finding::evidence(row);
        let of = |name: &str| evidence[name];
        let (close, other, days) = (of("close"), of("ALPHA_VANTAGE"), of("days"));
        format!("{} {:?} {close} {other} {days}", row.time.date_naive(), row.state)
    };
    found.all(db).await.unwrap().iter().map(text).collect()
}
