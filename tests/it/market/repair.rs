//! Bars that can't be right: found, kept back, repaired, and never forgotten.

use crate::admin::audited;
use chrono::Days;
use domain::{
    Knowledge, SourceKind,
    identity::Role,
    market::{
        CheckPrices, NewBar,
        action::{self, NewAction, Terms},
        price::{self, Stored},
        stock, watchlist,
    },
};
use insta::assert_snapshot;
use platform::calendar::Calendar;
use serde_json::{Value, json};
use tests::{Person, TestApp, build, person::error_code};

const NOW: &str = "2024-03-15T12:00:00Z";
const DECIDE: &str = "mutation ($input: DecidePriceFindingInput!) { decidePriceFinding(input: $input) {
    finding { state decidedBy } } }";

/// The bars of 40 sessions up to 13 March 2024, around 100; the last but ten is session 29.
fn bars() -> Vec<NewBar> {
    let last = build::day("2024-03-13");
    let days: Vec<_> = Calendar::new_york().sessions(last - Days::new(90), last).collect();
    let bar = |(number, day): (usize, String)| NewBar {
        volume: Some(1_000 + i64::try_from(number).unwrap()),
        ..build::bar("AAPL", &day, 100.0 + (number * 7 % 5) as f64)
    };
    days[days.len() - 40..].iter().map(|session| session.day.to_string()).enumerate().map(bar).collect()
}

fn scaled(bar: &NewBar, by: f64) -> NewBar {
    let price = build::amount(bar.close.to_f64() * by);
    let all = Some(price);
    NewBar { open: all, high: all, low: all, close: price, adjusted_close: all, ..bar.clone() }
}

/// A product that watches a stock with `bars`.
async fn start(bars: &[NewBar]) -> TestApp {
    let app = TestApp::start_on(NOW).await;
    build::stocks(&app.platform, &["AAPL"]).await;
    watchlist::add(&app.platform, &[build::symbol("AAPL")]).await.unwrap();
    build::bars(&app.platform, bars).await;
    app
}

async fn check(app: &TestApp) {
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &CheckPrices {}).await.unwrap();
    app.run_jobs().await;
}

async fn id(app: &TestApp) -> uuid::Uuid {
    stock::find(app.platform.db.connection(), &build::symbol("AAPL")).await.unwrap().unwrap().id
}

async fn report(app: &TestApp, person: &Person) -> Value {
    let query = "{ dataQuality(symbols: [\"AAPL\", \"NOBODY\"]) { firstDay lastDay sessionsExpected sessionsPresent gaps
        findingCounts { kind state count } sources { source days }
        sourceAgreement { one other days disagreements largest largestDay }
        findings { totalCount edges { node { id day kind state decidedBy evidence { name value }
            proposal { priceFactor volumeFactor newShares oldShares } } } } } }";
    app.data_as(person, query, json!({})).await["dataQuality"][0].take()
}

fn findings(report: &Value) -> Vec<String> {
    let edges = report["findings"]["edges"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |node: &Value| ["day", "kind", "state", "decidedBy"].map(|name| text(&node[name])).join(" ");
    edges.map(|edge| line(&edge["node"])).collect()
}

async fn decide(app: &TestApp, admin: &Person, report: &Value, decision: &str) -> Value {
    let id = &report["findings"]["edges"][0]["node"]["id"];
    app.graphql_as(admin, DECIDE, json!({ "input": { "id": id, "decision": decision } })).await
}

/// The adjusted closes, oldest first.
async fn closes(app: &TestApp, arguments: &str) -> Vec<f64> {
    let query = format!(
        "{{ stock(symbol: \"AAPL\") {{ priceHistory(timeframe: ALL, first: 100{arguments}) {{ edges {{ node {{ close }} }} }} }} }}"
    );
    let data = app.data(&query).await;
    let edges = data["stock"]["priceHistory"]["edges"].as_array().unwrap().clone();
    edges.iter().map(|edge| edge["node"]["close"].as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn a_bar_in_pence_is_repaired_by_rule_and_a_source_that_repeats_it_undoes_nothing() {
    let mut bars = bars();
    let right = bars[29].close.to_f64();
    bars[29] = scaled(&bars[29], 100.0);
    let app = start(&bars).await;
    let admin = app.admin().await;
    app.platform.clock.set(build::time("2024-03-15T12:01:00Z"));
    check(&app).await;
    check(&app).await;
    let report = report(&app, &admin).await;
    let again = build::bars(&app.platform, &bars).await;
    let now = closes(&app, "").await;
    let then = closes(&app, ", asOf: \"2024-03-15T12:00:00Z\"").await;
    app.finish().await;
    assert_eq!(findings(&report), ["2024-02-28 UNIT_ERROR APPLIED RULE"]);
    assert_eq!(report["findings"]["edges"][0]["node"]["proposal"]["priceFactor"], 0.01);
    assert_eq!(again, Stored { unchanged: 40, ..Stored::default() });
    assert_eq!((now[29], then[29]), (right, right * 100.0));
}

#[tokio::test]
async fn a_spike_is_kept_back_until_an_administrator_has_decided() {
    let mut bars = bars();
    bars[29] = scaled(&bars[29], 1.7);
    let app = start(&bars).await;
    let (admin, user) = (app.admin().await, app.person("user", Role::User).await);
    app.platform.clock.set(build::time("2024-03-15T12:01:00Z"));
    check(&app).await;
    let kept = report(&app, &admin).await;
    let counts = [closes(&app, "").await.len(), closes(&app, ", includeQuarantined: true").await.len()];
    let before = closes(&app, ", asOf: \"2024-03-15T12:00:00Z\"").await.len();
    let answers = [
        decide(&app, &user, &kept, "DISMISS").await,
        decide(&app, &admin, &kept, "APPLY").await,
        app.graphql_as(&admin, DECIDE, json!({ "input": { "id": "x", "decision": "APPLY" } })).await,
    ];
    let dismissed = decide(&app, &admin, &kept, "DISMISS").await;
    let twice = decide(&app, &admin, &kept, "DISMISS").await;
    check(&app).await;
    let after = closes(&app, "").await.len();
    let log = audited(&app, &admin, "market.decide_price_finding").await;
    let told = report(&app, &admin).await;
    app.finish().await;
    assert_eq!(findings(&kept), ["2024-02-28 SPIKE QUARANTINED -"]);
    assert_eq!((counts, before, after), ([39, 40], 40, 40));
    assert_eq!(answers.each_ref().map(error_code), ["FORBIDDEN", "CONFLICT", "BAD_USER_INPUT"]);
    assert_eq!(
        dismissed["data"]["decidePriceFinding"]["finding"],
        json!({ "state": "DISMISSED", "decidedBy": "ADMIN" })
    );
    assert_eq!(error_code(&twice), "CONFLICT");
    assert_eq!(findings(&told), ["2024-02-28 SPIKE DISMISSED ADMIN"]);
    assert_eq!(log.len(), 1);
}

#[tokio::test]
async fn an_applied_split_adjusts_the_past_and_changes_none_of_its_returns() {
    let mut bars = bars();
    for bar in &mut bars[20..] {
        *bar = scaled(bar, 0.5);
    }
    let app = start(&bars).await;
    let admin = app.admin().await;
    check(&app).await;
    let found = report(&app, &admin).await;
    let jumped = closes(&app, "").await;
    app.platform.clock.set(build::time("2024-03-15T12:01:00Z"));
    let applied = decide(&app, &admin, &found, "APPLY").await;
    // A source that has not heard of the split says the old again.
    app.platform.clock.set(build::time("2024-03-15T12:01:30Z"));
    build::bars(&app.platform, &bars).await;
    app.platform.clock.set(build::time("2024-03-15T12:02:00Z"));
    check(&app).await;
    let adjusted = closes(&app, "").await;
    let traded = closes(&app, ", adjusted: false").await;
    let left = report(&app, &admin).await;
    app.finish().await;
    assert_eq!(findings(&found), ["2024-02-14 MISSING_SPLIT OPEN -"]);
    assert_eq!(found["findings"]["edges"][0]["node"]["proposal"]["newShares"], 2.0);
    assert_eq!(applied["data"]["decidePriceFinding"]["finding"]["state"], "APPLIED");
    assert_eq!(findings(&left), ["2024-02-14 MISSING_SPLIT APPLIED ADMIN"]);
    assert_eq!(traded, jumped, "what was traded stays");
    let (before, after) = (quant::returns::simple(&jumped), quant::returns::simple(&adjusted));
    for (at, (before, after)) in before.iter().zip(&after).enumerate().skip(1) {
        let (before, after) = (before.unwrap(), after.unwrap());
        assert!((before - after).abs() < 1e-12 || at == 20, "{at}: {before} {after}");
    }
    assert!(after[20].unwrap().abs() < 0.05);
}

#[tokio::test]
async fn a_gap_is_told_until_it_is_filled() {
    let mut bars = bars();
    let missing = bars.remove(29);
    let app = start(&bars).await;
    let user = app.person("user", Role::User).await;
    check(&app).await;
    let found = report(&app, &user).await;
    build::bars(&app.platform, &[missing]).await;
    check(&app).await;
    let filled = report(&app, &user).await;
    app.finish().await;
    assert_eq!((&found["sessionsExpected"], &found["gaps"]), (&json!(40), &json!(1)));
    assert_eq!((&filled["sessionsPresent"], &filled["gaps"]), (&json!(40), &json!(0)));
    assert_eq!(findings(&found), ["2024-02-28 GAP OPEN -"]);
    assert_eq!(findings(&filled), ["2024-02-28 GAP DISMISSED RULE"]);
}

#[tokio::test]
async fn two_sources_are_compared_where_the_second_says_something_else() {
    let bars = bars();
    let app = start(&bars).await;
    let user = app.person("user", Role::User).await;
    app.platform.clock.set(build::time("2024-03-15T12:01:00Z"));
    let mut other = bars[20..].to_vec();
    other[5] = scaled(&other[5], 1.02);
    other[6].volume = Some(1);
    price::store(&app.platform, &other, SourceKind::Yahoo, Knowledge::Observed).await.unwrap();
    let report = report(&app, &user).await;
    app.finish().await;
    assert_snapshot!(report["sources"], @r#"[{"days":2,"source":"YAHOO"},{"days":40,"source":"FILE"}]"#);
    let pair = &report["sourceAgreement"][0];
    assert_eq!((&pair["one"], &pair["other"]), (&json!("YAHOO"), &json!("FILE")));
    assert_eq!((&pair["days"], &pair["disagreements"]), (&json!(2), &json!(1)));
    assert!((pair["largest"].as_f64().unwrap() - 0.02).abs() < 1e-9);
    assert_eq!(pair["largestDay"], bars[25].day.to_string());
}

#[tokio::test]
async fn splits_and_dividends_reach_the_adjusted_closes_whatever_comes_first() {
    let mut adjusted = Vec::new();
    for actions_first in [true, false] {
        let mut bars = bars();
        for bar in &mut bars[20..] {
            *bar = scaled(bar, 0.5);
        }
        for bar in &mut bars {
            bar.adjusted_close = None;
        }
        let app = start(&bars[..1]).await;
        let split = Terms::Split { new: build::amount(2.0), old: build::amount(1.0) };
        let dividend = Terms::Dividend { cash: build::amount(1.0) };
        let stock = id(&app).await;
        let mut actions = vec![
            NewAction { stock, ex_date: bars[20].day, terms: split },
            NewAction { stock, ex_date: bars[30].day, terms: dividend },
        ];
        if actions_first {
            actions.reverse();
        }
        let known = Knowledge::Historical;
        for part in 0..2 {
            if actions_first == (part == 0) {
                let stored = action::store(&app.platform, &actions, SourceKind::Yahoo, known).await.unwrap();
                let twice = action::store(&app.platform, &actions, SourceKind::Yahoo, known).await.unwrap();
                assert_eq!((stored, twice), (2, 0));
            } else {
                build::bars(&app.platform, &bars).await;
            }
        }
        check(&app).await;
        check(&app).await;
        adjusted.push(closes(&app, "").await);
        app.finish().await;
    }
    assert_eq!(adjusted[0], adjusted[1]);
    let expected = |at: usize| 50.0 + (at * 7 % 5) as f64 / 2.0;
    let dividend = 1.0 - 1.0 / expected(29);
    for (at, found) in adjusted[0].iter().enumerate() {
        let wanted = if at < 30 { expected(at) * dividend } else { expected(at) };
        assert!((found - wanted).abs() < 1e-6, "{at}: {found} is not {wanted}");
    }
}

#[tokio::test]
async fn a_report_on_many_stocks_takes_as_many_statements_as_one() {
    let app = TestApp::start_on(NOW).await;
    let user = app.person("user", Role::User).await;
    let symbols = ["AAPL", "MSFT", "NVDA", "AMD"];
    build::stocks(&app.platform, &symbols).await;
    for symbol in symbols {
        let bars: Vec<_> =
            bars().into_iter().map(|bar| NewBar { symbol: build::symbol(symbol), ..bar }).collect();
        build::bars(&app.platform, &bars).await;
    }
    let mut counts = Vec::new();
    for wanted in [&symbols[..1], &symbols[..]] {
        let query = "query ($symbols: [Symbol!]!) { dataQuality(symbols: $symbols) { gaps findings { totalCount } } }";
        let mut fewest = u64::MAX;
        // The feeds look at their tables now and then, which can only add to the count.
        for _ in 0..3 {
            let before = app.platform.db.statements();
            app.data_as(&user, query, json!({ "symbols": wanted })).await;
            fewest = fewest.min(app.platform.db.statements() - before);
        }
        counts.push(fewest);
    }
    app.finish().await;
    assert_eq!(counts[0], counts[1]);
}
