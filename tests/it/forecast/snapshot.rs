//! Feature snapshots: the same inputs, the same numbers, whatever becomes known later.

use chrono::{DateTime, Days, TimeDelta, Utc};
use domain::{
    Knowledge, SourceKind,
    forecast::{
        Error, FeatureSet, Snapshot, difference,
        snapshot::{self, Plan},
    },
    market::price,
    news::{ErasePosts, NewPost, post},
};
use platform::{Fault as _, FaultKind, calendar::Calendar};
use tests::{Program, TestApp, build};

/// After the close of Wednesday, 13 March 2024.
const THEN: &str = "2024-03-13T20:30:00Z";

fn plan(symbols: &[&str], as_of: &str) -> Plan {
    Plan {
        features: FeatureSet::V2,
        symbols: symbols.iter().map(|text| build::symbol(text)).collect(),
        first: build::day("2023-11-01"),
        last: build::day("2024-12-31"),
        as_of: build::time(as_of),
    }
}

/// Sessions since November, with prices that wander and posts on most days.
async fn past(app: &TestApp, symbols: &[&str]) {
    build::stocks(&app.platform, symbols).await;
    let sessions = Calendar::new_york().sessions(build::day("2023-11-01"), build::day("2024-03-13"));
    let moods = ["great gains, very happy", "terrible loss, awful", "it trades", "good", "so bad, a crash"];
    let (mut bars, mut posts) = (Vec::new(), Vec::new());
    for (n, session) in sessions.enumerate() {
        let day = session.day.to_string();
        for (m, symbol) in symbols.iter().enumerate() {
            bars.push(build::bar(symbol, &day, 100.0 + ((n * (7 + m)) % 23) as f64));
            if (n + m) % 3 > 0 {
                let text = format!("${symbol} {} on day {n}", moods[(n * 3 + m) % moods.len()]);
                posts.push(NewPost {
                    source: SourceKind::Reddit,
                    ..build::new_post(&format!("{symbol}{n}"), &format!("{day}T15:10:00Z"), &text)
                });
            }
        }
    }
    build::bars(&app.platform, &bars).await;
    build::posts(&app.platform, &posts).await;
    app.run_jobs().await;
}

fn numbers(snapshot: &Snapshot) -> Vec<u32> {
    snapshot.matrices.iter().flat_map(|matrix| matrix.values().iter().map(|value| value.to_bits())).collect()
}

#[tokio::test]
async fn the_same_inputs_have_the_same_id_and_numbers_and_are_stored_once() {
    let app = TestApp::start_on(THEN).await;
    past(&app, &["AAPL", "MSFT"]).await;
    let first = snapshot::build(&app.platform, &plan(&["AAPL", "MSFT"], THEN)).await.unwrap();
    app.platform.clock.set(build::time(THEN) + TimeDelta::days(1));
    let second =
        snapshot::build(&app.platform, &plan(&["MSFT", "AAPL"], "2024-03-14T10:00:00Z")).await.unwrap();
    let again = snapshot::remake(app.platform.db.connection(), first.row.id).await.unwrap();
    let one = snapshot::build(&app.platform, &plan(&["AAPL"], THEN)).await.unwrap();
    let kept = snapshot::list(app.platform.db.connection(), 10).await.unwrap();
    app.finish().await;
    assert_eq!(first.row, second.row, "whoever asks later for the same gets the first");
    assert_eq!(numbers(&first), numbers(&again));
    assert_ne!((one.row.id, &one.row.checksum), (first.row.id, &first.row.checksum));
    assert_eq!(kept.len(), 2);
    assert_eq!((first.row.row_count, first.row.bar_count), (182, 182));
    assert_eq!(
        first.row.post_count,
        i64::try_from(first.histories.iter().map(|one| one.moods.len()).sum::<usize>()).unwrap()
    );
    let last = first.matrices[0].row(first.matrices[0].rows() - 1);
    assert!(last[..18].iter().all(|value| value.is_finite()), "prices are known after 91 sessions: {last:?}");
    assert_eq!(last[21].to_bits(), 0, "a quiet day is known to be one");
}

/// Rows of every kind that become known after `THEN`, about the past and what followed.
async fn future(app: &TestApp) {
    app.platform.clock.set(build::time("2024-03-20T12:00:00Z"));
    let days = ["2023-11-01", "2024-02-29", "2024-03-13", "2024-03-14", "2024-03-15"];
    let bars = days.map(|day| build::bar("AAPL", day, 500.0));
    price::store(&app.platform, &bars, SourceKind::Yahoo, Knowledge::Observed).await.unwrap();
    let new = |id: &str, time: &str| NewPost {
        source: SourceKind::Reddit,
        ..build::new_post(id, time, "$AAPL disaster, the worst fraud ever, horrible")
    };
    let late = [new("x1", "2024-03-12T15:00:00Z"), new("x2", "2024-03-13T19:00:00Z")];
    post::store(&app.platform, &late, Knowledge::Observed).await.unwrap();
    let next = [new("y1", "2024-03-13T20:30:01Z"), new("y2", "2024-03-14T15:00:00Z")];
    post::store(&app.platform, &next, Knowledge::Historical).await.unwrap();
    app.run_jobs().await;
}

#[tokio::test]
async fn whatever_becomes_known_later_leaves_features_as_they_were_to_the_bit() {
    let app = TestApp::start_on(THEN).await;
    past(&app, &["AAPL", "MSFT"]).await;
    let wanted = plan(&["AAPL", "MSFT"], THEN);
    let before = snapshot::build(&app.platform, &wanted).await.unwrap();
    future(&app).await;
    let after = snapshot::build(&app.platform, &wanted).await.unwrap();
    let now = snapshot::build(&app.platform, &plan(&["AAPL", "MSFT"], "2024-03-20T12:00:00Z")).await.unwrap();
    let found = difference::compare(&before, &now).unwrap();
    app.finish().await;
    assert_eq!((before.row.clone(), numbers(&before)), (after.row.clone(), numbers(&after)));
    // A leak would show: asked a week later, the numbers are others, and there are more days.
    assert_ne!(before.row.id, now.row.id);
    assert_eq!((found.both, found.only_first, found.only_second), (182, 0, 2));
    let changed = |name: &str| found.features.iter().find(|one| one.name == name).unwrap().changed;
    assert!(changed("ret_1d") > 0, "{found:?}");
    // What was written before the close and seen a week later belongs to the week later.
    let last = |snapshot: &Snapshot| {
        snapshot.histories[0].moods.iter().filter(|mood| mood.day.to_string() == "2024-03-13").count()
    };
    assert_eq!(last(&before), last(&now));
}

#[tokio::test]
async fn an_erased_post_leaves_a_snapshot_that_verifies_and_says_which_it_was() {
    let app = TestApp::start_on(THEN).await;
    past(&app, &["AAPL"]).await;
    let built = snapshot::build(&app.platform, &plan(&["AAPL"], THEN)).await.unwrap();
    app.platform.clock.set(build::time(THEN).checked_add_days(Days::new(100)).unwrap());
    jobs::enqueue(app.platform.db.connection(), &app.platform.clock, &ErasePosts {}).await.unwrap();
    app.run_jobs().await;
    let again = snapshot::remake(app.platform.db.connection(), built.row.id).await.unwrap();
    let post = again.histories[0].moods[0].post;
    let data = app.data("{ posts(first: 1) { edges { node { body } } } }").await;
    app.finish().await;
    assert_eq!(data["posts"]["edges"][0]["node"]["body"], "", "the text is gone: {data}");
    assert_eq!(post, built.histories[0].moods[0].post);
    assert_eq!(again.row, built.row);
}

#[tokio::test]
async fn what_is_gone_cannot_be_made_again_and_that_is_said() {
    let app = TestApp::start_on(THEN).await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let bars = [build::bar("AAPL", "2024-03-12", 1.0), build::bar("AAPL", "2024-03-13", 2.0)];
    price::store(&app.platform, &bars, SourceKind::Simulated, Knowledge::Historical).await.unwrap();
    let built = snapshot::build(&app.platform, &plan(&["AAPL"], THEN)).await.unwrap();
    // The real market takes the place of the simulated one as if that had never been.
    build::bars(&app.platform, &[build::bar("AAPL", "2024-03-12", 9.0)]).await;
    let gone = snapshot::remake(app.platform.db.connection(), built.row.id).await.unwrap_err();
    app.finish().await;
    assert!(matches!(gone, Error::Expired(id) if id == built.row.id), "{gone}");
    assert_eq!(gone.kind(), FaultKind::Conflict);
}

#[tokio::test]
async fn what_cannot_be_built_is_refused_with_what_to_do() {
    let app = TestApp::start_on(THEN).await;
    past(&app, &["AAPL"]).await;
    build::stocks(&app.platform, &["EMPTY"]).await;
    let good = plan(&["AAPL"], THEN);
    let early = build::day("1999-01-04");
    let cases = [
        (Plan { symbols: Vec::new(), ..good.clone() }, "name one stock at least"),
        (
            plan(&["AAPL", "NOPE"], THEN),
            "no stock is called NOPE: import its prices, or add it to the watch-list",
        ),
        (Plan { last: early, ..good.clone() }, "the last day, 1999-01-04, is before the first, 2023-11-01"),
        (
            plan(&["EMPTY"], THEN),
            "none of the stocks has a bar between 2023-11-01 and 2024-12-31 that was known then",
        ),
        (
            plan(&["AAPL"], "2023-10-01T00:00:00Z"),
            "none of the stocks has a bar between 2023-11-01 and 2024-12-31 that was known then",
        ),
    ];
    for (plan, expected) in cases {
        assert_eq!(snapshot::build(&app.platform, &plan).await.unwrap_err().to_string(), expected);
    }
    let old =
        snapshot::build(&app.platform, &Plan { features: FeatureSet::V1, ..good.clone() }).await.unwrap();
    let new = snapshot::build(&app.platform, &good).await.unwrap();
    let other = difference::compare(&old, &new).unwrap_err();
    let unknown = snapshot::remake(app.platform.db.connection(), uuid::Uuid::nil()).await.unwrap_err();
    app.finish().await;
    assert_eq!(other.to_string(), "snapshots of feature versions 1.0.0 and 2.0.0 have no columns to compare");
    assert_eq!(unknown.kind(), FaultKind::NotFound);
}

#[tokio::test]
async fn nothing_is_built_while_scores_that_belong_into_it_are_still_to_come() {
    let app = TestApp::start_on(THEN).await;
    past(&app, &["AAPL"]).await;
    let late = build::new_post("late", "2024-03-13T15:00:00Z", "$AAPL is great");
    build::posts(&app.platform, &[late]).await;
    let waiting = snapshot::build(&app.platform, &plan(&["AAPL"], THEN)).await.unwrap_err();
    let before = snapshot::build(&app.platform, &plan(&["AAPL"], "2024-03-13T14:00:00Z")).await.unwrap();
    app.run_jobs().await;
    let again = snapshot::remake(app.platform.db.connection(), before.row.id).await.unwrap();
    let now = snapshot::build(&app.platform, &plan(&["AAPL"], THEN)).await.unwrap();
    app.finish().await;
    assert_eq!(
        waiting.to_string(),
        "1 posts that were known by then are not scored yet: try again when they are"
    );
    assert_eq!(again.row, before.row);
    assert_eq!(now.row.post_count, before.row.post_count + 1);
}

#[tokio::test]
async fn odd_stocks_are_built_beside_the_others() {
    let app = TestApp::start_on(THEN).await;
    past(&app, &["AAPL"]).await;
    build::stocks(&app.platform, &["FLAT", "GAPS", "YOUNG"]).await;
    let days: Vec<String> = Calendar::new_york()
        .sessions(build::day("2023-11-01"), build::day("2024-03-13"))
        .map(|session| session.day.to_string())
        .collect();
    let mut bars: Vec<_> = days.iter().map(|day| build::bar("FLAT", day, 5.0)).collect();
    bars.extend(
        days.iter()
            .enumerate()
            .filter(|(n, _)| n % 7 > 2)
            .map(|(n, day)| build::bar("GAPS", day, 9.0 + n as f64)),
    );
    bars.push(build::bar("YOUNG", "2024-03-13", 3.0));
    build::bars(&app.platform, &bars).await;
    let built =
        snapshot::build(&app.platform, &plan(&["AAPL", "FLAT", "GAPS", "YOUNG"], THEN)).await.unwrap();
    let health = snapshot::health(&built.row);
    app.finish().await;
    let rows: Vec<_> = built
        .histories
        .iter()
        .zip(&built.matrices)
        .map(|(one, matrix)| (one.symbol.as_str(), matrix.rows()))
        .collect();
    assert_eq!(rows, [("AAPL", 91), ("FLAT", 91), ("GAPS", 52), ("YOUNG", 1)]);
    assert!(built.matrices.iter().all(|matrix| matrix.values().iter().all(|value| !value.is_infinite())));
    assert!(health.missing.contains_key("sent_mean"), "nobody wrote about three of four: {health:?}");
    assert!(
        health.correlated.iter().any(|(one, other, _)| one == "close_lag_1" && other == "close_lag_2"),
        "{health:?}"
    );
}

#[tokio::test]
async fn building_takes_a_number_of_statements_that_does_not_grow() {
    let app = TestApp::start_on(THEN).await;
    past(&app, &["AAPL", "MSFT", "IBM", "INTC"]).await;
    let statements = async |symbols: &[&str]| {
        let before = app.platform.db.statements();
        snapshot::build(&app.platform, &plan(symbols, THEN)).await.unwrap();
        app.platform.db.statements() - before
    };
    let (one, four) = (statements(&["AAPL"]).await, statements(&["AAPL", "MSFT", "IBM", "INTC"]).await);
    app.finish().await;
    assert_eq!((one, four), (7, 7));
}

#[tokio::test]
async fn the_command_builds_shows_and_compares() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let now: DateTime<Utc> = build::time(THEN);
    let app = TestApp::start_on(THEN).await;
    past(&app, &["AAPL", "MSFT"]).await;
    let build = |to: &str| {
        let arguments = ["features", "build", "--universe", "AAPL,MSFT", "--from", "2023-11-01", "--to", to];
        let as_of = now.to_rfc3339();
        let built = bellwether.run_over(&app, &[&arguments[..], &["--as-of", &as_of]].concat());
        assert_eq!(built.code, Some(0), "{}", built.text);
        let id = built.text.lines().find_map(|line| line.strip_prefix("snapshot   ")).unwrap().to_owned();
        (id, built.text)
    };
    let ((id, text), (shorter, _)) = (build("2024-03-13"), build("2024-03-12"));
    assert!(text.contains("made of    182 bars"), "{text}");
    let show = |more: &[&str]| bellwether.run_over(&app, &[&["features", "show"], more].concat()).text;
    let (list, values) = (show(&[]), show(&[&id, "--symbol", "AAPL"]));
    assert!(list.contains(&id) && list.contains(&shorter), "{list}");
    assert_eq!(
        (values.lines().count(), values.lines().next().unwrap().split(',').count()),
        (92, 30),
        "{values}"
    );
    let lineage = show(&[&id, "--symbol", "AAPL", "--lineage"]);
    assert!(lineage.starts_with("day,post,score\n2023-11-"), "{lineage}");
    let diff = bellwether.run_over(&app, &["features", "diff", &id, &shorter]);
    assert_eq!(diff.text.trim(), "days       180 in both, 2 only in the first, 0 only in the second");
    let unknown = bellwether.run_over(&app, &["features", "show", "00000000-0000-0000-0000-000000000000"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.text.contains("there is no feature snapshot"), "{}", unknown.text);
    app.finish().await;
}
