//! Intervals of one day, walked forward through 2014 to 2016: they cover what they promise, also on calm and on wild
//! days, and tell more than past quantiles and GARCH do.

use crate::{
    rival::{Pair, rivals},
    source::{columns, number, panel},
};
use ml::forecast::{Kind, Series, Settings, Test, train};
use quant::score::pinball;
use std::{collections::BTreeMap, ops::ControlFlow, time::Instant};

/// Of about 200 symbols every so manieth is taken.
const STEP: usize = 5;

/// The column of `vol_20`.
const VOLATILITY: usize = 5;

/// A test with what the rivals said.
struct Case {
    test: Test,
    /// The model, past quantiles, GARCH.
    said: [Pair; 3],
    /// By the mean `vol_20` of all stocks that day, and by the stock's among its own days: 0 to below 1. Known before
    /// what came, and not the model's own measure.
    ranks: [f64; 2],
}

/// Coverage of 95 and 99 %, and the mean pinball loss of the four ends, in basis points.
#[derive(Debug)]
struct Row {
    count: usize,
    covered: [f64; 2],
    pinball: f64,
}

impl Row {
    fn of(cases: &[&Case], who: usize) -> Self {
        let covered = [0, 1].map(|coverage| {
            let hits = cases.iter().filter(|case| case.said[who][coverage].contains(case.test.actual));
            hits.count() as f64 / cases.len() as f64
        });
        let loss = |level: f64, of: &dyn Fn(&Pair) -> f64| {
            let pairs: Vec<(f64, f64)> =
                cases.iter().map(|case| (of(&case.said[who]), case.test.actual)).collect();
            pinball(&pairs, level).expect("finite")
        };
        let losses = loss(0.025, &|pair| pair[0].low)
            + loss(0.975, &|pair| pair[0].high)
            + loss(0.005, &|pair| pair[1].low)
            + loss(0.995, &|pair| pair[1].high);
        Self { count: cases.len(), covered, pinball: losses / 4.0 * 1e4 }
    }
}

/// From 0 to below 1, by rising value.
fn ranks<K: Copy + Ord>(mut values: Vec<(K, f64)>) -> BTreeMap<K, f64> {
    values.sort_by(|one, other| one.1.total_cmp(&other.1));
    let count = values.len() as f64;
    values.into_iter().enumerate().map(|(rank, (key, _))| (key, rank as f64 / count)).collect()
}

fn cases(panel: &[Series], tests: Vec<Test>, settings: &Settings) -> Vec<Case> {
    let from = settings.test_from.expect("set");
    let rivals: Vec<_> = panel.iter().map(|series| rivals(series, from, settings.horizon)).collect();
    let mut days = BTreeMap::<i32, (f64, f64)>::new();
    let mut stocks = BTreeMap::<usize, Vec<(i32, f64)>>::new();
    for test in &tests {
        let series = &panel[test.series];
        let at = series.days.binary_search(&test.day).expect("a day of the series");
        let volatility = f64::from(series.features.row(at)[VOLATILITY]);
        let day = days.entry(test.day).or_default();
        *day = (day.0 + volatility, day.1 + 1.0);
        stocks.entry(test.series).or_default().push((test.day, volatility));
    }
    let days = ranks(days.into_iter().map(|(day, (sum, count))| (day, sum / count)).collect());
    let stocks: BTreeMap<_, _> = stocks.into_iter().map(|(stock, days)| (stock, ranks(days))).collect();
    let case = |test: Test| {
        let [past, garch] = rivals[test.series][&test.day];
        let said = [[test.interval_95, test.interval_99], past, garch];
        Case { test, said, ranks: [days[&test.day], stocks[&test.series][&test.day]] }
    };
    tests.into_iter().map(case).collect()
}

/// Prints the table and gives the model's rows.
fn table(cases: &[Case]) -> Vec<Row> {
    type Part = (&'static str, fn(&Case) -> bool);
    let parts: [Part; 5] = [
        ("all", |_| true),
        ("calmest fifth of days", |case| case.ranks[0] < 0.2),
        ("wildest fifth of days", |case| case.ranks[0] >= 0.8),
        ("calmest fifth of each stock", |case| case.ranks[1] < 0.2),
        ("wildest fifth of each stock", |case| case.ranks[1] >= 0.8),
    ];
    println!("{:38} {:>8} {:>7} {:>7} {:>8}", "", "cases", "95 %", "99 %", "pinball");
    let mut found = Vec::new();
    for (name, is_in) in parts {
        let part: Vec<&Case> = cases.iter().filter(|case| is_in(case)).collect();
        for (who, whose) in ["model", "past 250", "GARCH"].into_iter().enumerate() {
            let row = Row::of(&part, who);
            let [inner, outer] = row.covered.map(|share| 100.0 * share);
            let label = format!("{name}, {whose}");
            println!("{label:38} {:>8} {inner:>7.2} {outer:>7.2} {:>8.3}", row.count, row.pinball);
            if who == 0 {
                found.push(row);
            }
        }
    }
    found
}

fn settings(kind: Kind, horizon: usize) -> Settings {
    Settings { folds: 6, test_from: Some(number("2014-01-01")), ..Settings::new(kind, columns(), horizon) }
}

fn check(panel: &[Series], settings: &Settings) {
    let start = Instant::now();
    let trained = train(panel, settings, |_| ControlFlow::Continue(())).expect("a sound panel");
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{:?}, {} days ahead: {} stocks in {seconds:.1} s",
        settings.kind,
        settings.horizon,
        panel.len()
    );
    for scores in &trained.report.scores {
        println!("{scores:?}");
    }
    let report = &trained.report;
    println!("{:?}", report.members);
    println!("{:?} {:?}", report.points_against_naive, report.quantiles_against_naive);
    let cases = cases(panel, trained.tests, settings);
    let rows = table(&cases);
    // Three years have 150 weeks, a fifth of them 30: there chance alone moves the share of all stocks by a per cent.
    let slack = if settings.horizon > 1 { 0.01 } else { 0.0 };
    for row in &rows {
        assert!((0.935 - slack..=0.965 + slack).contains(&row.covered[0]), "95 %: {row:?}");
        assert!((0.983 - slack..=0.996 + slack).contains(&row.covered[1]), "99 %: {row:?}");
    }
    let all: Vec<&Case> = cases.iter().collect();
    for rival in [1, 2] {
        assert!(rows[0].pinball <= Row::of(&all, rival).pinball, "{rival}");
    }
}

/// A panel for what takes minutes, if that is wanted.
fn drill<P>(panel: impl FnOnce() -> Option<P>) -> Option<P> {
    if std::env::var("BELLWETHER_TEST_DRILLS").is_ok_and(|value| value == "1") {
        return panel();
    }
    println!("skipped: BELLWETHER_TEST_DRILLS is not 1");
    None
}

/// Every fifth symbol, 42 of them.
fn some() -> Option<Vec<Series>> {
    Some(panel()?.into_iter().step_by(STEP).map(|(_, series)| series).collect())
}

#[test]
fn trees_keep_their_promises_on_calm_and_wild_days_and_beat_quantiles_and_garch() {
    let Some(panel) = some() else { return };
    check(&panel, &settings(Kind::Trees, 1));
}

#[test]
fn trees_keep_their_promises_for_all_stocks() {
    let Some(panel) = drill(panel) else { return };
    let panel: Vec<Series> = panel.into_iter().map(|(_, series)| series).collect();
    check(&panel, &settings(Kind::Trees, 1));
}

#[test]
fn trees_keep_their_promises_over_a_week() {
    let Some(panel) = drill(some) else { return };
    check(&panel, &settings(Kind::Trees, 5));
}

#[test]
fn an_lstm_keeps_its_promises() {
    let Some(panel) = drill(some) else { return };
    check(&panel, &settings(Kind::Lstm, 1));
}

#[test]
fn a_transformer_keeps_its_promises() {
    let Some(panel) = drill(some) else { return };
    check(&panel, &settings(Kind::Tft, 1));
}

#[test]
fn an_ensemble_keeps_its_promises() {
    let Some(panel) = drill(some) else { return };
    let members = vec![Kind::Trees, Kind::Lstm];
    check(&panel, &Settings { members, ..settings(Kind::Ensemble, 1) });
}
