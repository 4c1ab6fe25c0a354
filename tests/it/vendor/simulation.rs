//! When the simulated market stands in, and when it ends.

use super::Desk;
use domain::{
    SourceKind,
    admin::job,
    market::{BackfillPrices, CollectPrices, MakeHistory, price},
    news::CollectPosts,
};
use jobs::Job as _;
use std::time::Duration;
use tests::build;
use tokio_util::sync::CancellationToken;

async fn lines(simulate: Option<bool>, yahoo: bool, kinds: &[SourceKind]) -> String {
    let desk = Desk::open_with(kinds, |config| {
        config.simulate = simulate;
        config.providers.yahoo_enabled = yahoo;
    });
    let desk = desk.await;
    let sources = desk.supply().now().await.unwrap();
    let kinds = |kinds: Vec<SourceKind>| format!("{kinds:?}");
    let line = format!(
        "{} {} {} {}",
        sources.simulated.is_some(),
        kinds(sources.prices.iter().map(|source| source.kind()).collect()),
        kinds(sources.quotes.iter().map(|source| source.kind()).collect()),
        kinds(sources.posts.iter().map(|source| source.kind()).collect()),
    );
    desk.app.finish().await;
    line
}

#[tokio::test]
async fn the_simulated_market_stands_in_until_something_real_can_be_called() {
    let finnhub = [SourceKind::Finnhub];
    assert_eq!(lines(None, false, &[]).await, "true [] [] []");
    assert_eq!(lines(Some(false), false, &[]).await, "false [] [] []");
    assert_eq!(lines(None, false, &finnhub).await, "false [] [Finnhub] [Finnhub]");
    assert_eq!(lines(Some(true), false, &finnhub).await, "true [] [Finnhub] [Finnhub]");
    assert_eq!(lines(None, true, &[]).await, "false [Yahoo] [Yahoo] []");
    let all = [
        SourceKind::AlphaVantage,
        SourceKind::Finnhub,
        SourceKind::Marketaux,
        SourceKind::NewsApi,
        SourceKind::Reddit,
    ];
    assert_eq!(
        lines(None, true, &all).await,
        "false [Yahoo, AlphaVantage] [Finnhub, Yahoo, AlphaVantage] \
         [Reddit, Finnhub, NewsApi, Marketaux, AlphaVantage]"
    );
}

#[tokio::test]
async fn without_a_key_and_without_a_setting_nobody_is_called() {
    let desk = Desk::open_with(&[], |config| {
        config.simulate = None;
        (config.simulation.history_days, config.simulation.post_days) = (10, 1);
    });
    let desk = desk.await;
    desk.watch(&["AAPL"]).await;
    let (db, clock) = (desk.app.platform.db.connection(), &desk.app.platform.clock);
    jobs::enqueue(db, clock, &MakeHistory {}).await.unwrap();
    jobs::enqueue(db, clock, &CollectPosts {}).await.unwrap();
    jobs::enqueue(db, clock, &CollectPrices {}).await.unwrap();
    jobs::enqueue(db, clock, &BackfillPrices { symbol: build::symbol("MSFT") }).await.unwrap();
    let worker = desk.worker();
    for kind in [MakeHistory::KIND, CollectPosts::KIND, CollectPrices::KIND, BackfillPrices::KIND] {
        worker.drain(Some(kind)).await.unwrap();
    }
    let newest = price::newest(db, SourceKind::Simulated).await.unwrap();
    let calls = desk.vendors.calls("");
    desk.app.discard().await;
    assert!(newest.is_some() && calls.is_empty(), "{calls:?}");
}

/// With a real clock: streams begin by themselves once there is someone to follow.
#[tokio::test]
async fn a_credential_that_comes_while_the_worker_runs_brings_the_streams() {
    let desk = Desk::open_with(&[], |config| config.simulate = Some(false)).await;
    desk.watch(&["MSFT"]).await;
    desk.vendors.quote("MSFT", 10.0, build::time("2026-03-02T16:29:00Z"));
    let (worker, shutdown) = (desk.worker(), CancellationToken::new());
    let db = desk.app.platform.db.connection();
    let streams = job::Filter {
        kinds: vec!["market.stream_quotes".to_owned(), "news.stream_posts".to_owned()],
        ..job::Filter::default()
    };
    let scene = async {
        let _end = shutdown.clone().drop_guard();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let before = job::count(db, &streams).await.unwrap();
        desk.give(SourceKind::Finnhub, tests::VENDOR_KEY).await;
        let quoted = async {
            while domain::market::quote::all(db).await.unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), quoted).await.expect("a quote within seconds");
        (before, job::count(db, &streams).await.unwrap())
    };
    let (result, counts) = tokio::join!(worker.run(&shutdown), scene);
    result.unwrap();
    desk.app.discard().await;
    assert_eq!(counts, (0, 2));
}

#[tokio::test]
async fn a_real_quote_takes_the_place_of_a_simulated_one_and_never_the_reverse() {
    let desk = Desk::open(&[]).await;
    desk.watch(&["MSFT"]).await;
    let platform = &desk.app.platform;
    let quote = |price, at, source| domain::market::Quote { source, ..build::new_quote("MSFT", price, at) };
    let mut seen = Vec::new();
    for (price, at, source) in [
        (1.0, "2026-03-02T16:00:00Z", SourceKind::Simulated),
        (2.0, "2026-03-02T15:00:00Z", SourceKind::Yahoo),
        (3.0, "2026-03-02T16:30:00Z", SourceKind::Simulated),
        (4.0, "2026-03-02T14:00:00Z", SourceKind::Yahoo),
        (5.0, "2026-03-02T15:00:00Z", SourceKind::Finnhub),
    ] {
        build::quotes(platform, &[quote(price, at, source)]).await;
        seen.push(domain::market::quote::all(platform.db.connection()).await.unwrap()[0].price.to_f64());
    }
    desk.app.finish().await;
    assert_eq!(seen, [1.0, 2.0, 2.0, 2.0, 5.0]);
}
