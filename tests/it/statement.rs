//! A read costs a number of SQL statements that does not grow with the result.

use domain::{market::NewBar, news::NewPost};
use insta::assert_snapshot;
use tests::{TestApp, build};

const NOW: &str = "2024-03-15T20:30:00Z";

/// The canonical queries: what the screens of a client ask for.
pub const CANONICAL: [(&str, &str); 9] = [
    ("quotes", "{ stocks(first: 100) { edges { node { symbol quote { price isStale } } } } }"),
    ("bars", "{ stocks(first: 100) { edges { node { priceHistory(last: 5) { totalCount edges { node { close } } } } } } }"),
    ("summaries", "{ stocks(first: 100) { edges { node { sentiment(timeframe: D7) { mean byDay { mean } } } } } }"),
    (
        "records",
        "{ stocks(first: 100) { edges { node { sentimentRecords(first: 5) { totalCount edges { node {
           score post { body mentions { kind stock { symbol quote { price } } } sentiment { score } } } } } } } } }",
    ),
    ("series", "{ stocks(first: 100) { edges { node { sentimentSeries { day mean close } correlation { r n } } } } }"),
    (
        "news",
        "{ stocks(first: 100) { edges { node { news(first: 5) { totalCount edges { node {
           body mentions { stock { symbol } } sentiment { label } } } } } } } }",
    ),
    ("posts", "{ posts(first: 100) { totalCount edges { node { mentions { stock { quote { price } } } sentiment { score } } } } }"),
    (
        "overview",
        "{ marketOverview { gainers { symbol quote { price } sentiment { mean } } losers { symbol }
           mostTraded { symbol } sectors { name } breadth { advancing } mood { mean } } }",
    ),
    (
        "dashboard",
        "{ dashboardSummary { mostPositive { stock { symbol quote { price } } sentiment { mean } }
           mostNegative { stock { symbol } } overall { mean } priceChanges { symbol quote { price } }
           status { jobsQueued } } }",
    ),
];

/// `count` stocks with quotes, a week of bars, and posts that mention two of them each.
async fn fill(app: &TestApp, count: usize) {
    let symbols: Vec<String> = ('A'..).take(count).map(|letter| format!("ZQ{letter}")).collect();
    let symbols: Vec<&str> = symbols.iter().map(String::as_str).collect();
    build::stocks(&app.platform, &symbols).await;
    let (mut quotes, mut bars, mut posts): (_, Vec<NewBar>, Vec<NewPost>) =
        (Vec::new(), Vec::new(), Vec::new());
    for (n, symbol) in symbols.iter().enumerate() {
        let price = if n % 2 == 0 { 90.0 } else { 110.0 };
        quotes.push(build::new_quote(symbol, price, "2024-03-15T20:00:00Z"));
        for day in 11..=15 {
            bars.push(build::bar(symbol, &format!("2024-03-{day}"), f64::from(day) + n as f64));
            let mood = if (n + day as usize).is_multiple_of(3) { "terrible losses" } else { "great gains" };
            let body = format!("${symbol} and ${}: {mood}", symbols[(n + 1) % count]);
            posts.push(build::new_post(
                &format!("{symbol}-{day}"),
                &format!("2024-03-{day}T15:00:00Z"),
                &body,
            ));
        }
    }
    build::quotes(&app.platform, &quotes).await;
    build::bars(&app.platform, &bars).await;
    build::posts(&app.platform, &posts).await;
    app.run_jobs().await;
}

async fn counts(stocks: usize) -> Vec<(&'static str, u64)> {
    let app = TestApp::start_on(NOW).await;
    fill(&app, stocks).await;
    let mut counts = Vec::new();
    for (name, query) in CANONICAL {
        counts.push((name, app.statements(query).await));
    }
    app.finish().await;
    counts
}

#[tokio::test]
async fn twenty_stocks_cost_as_many_statements_as_two() {
    let (two, twenty) = (counts(2).await, counts(20).await);
    assert_eq!(two, twenty);
    let shown: Vec<String> = two.iter().map(|(name, count)| format!("{name}: {count}")).collect();
    assert_snapshot!(shown.join("\n"), @r"
    quotes: 2
    bars: 3
    summaries: 2
    records: 8
    series: 5
    news: 7
    posts: 6
    overview: 3
    dashboard: 7
    ");
}

#[tokio::test]
async fn two_questions_about_different_times_are_two_statements_each() {
    let app = TestApp::start_on(NOW).await;
    fill(&app, 3).await;
    let query =
        "{ stocks { edges { node { a: sentiment(timeframe: D7) { mean } b: sentiment(timeframe: D30) { mean }
                 c: sentiment(timeframe: D7) { count } } } } }";
    let count = app.statements(query).await;
    app.finish().await;
    assert_eq!(count, 3);
}
