//! Defects that others found in real daily histories, and how they repaired them.

use crate::source::{Day, case, folder};
use quant::defect::{Defect, Kind, Repair, Series, detect};
use std::{collections::BTreeMap, path::Path};

/// How far a repaired close may be from the other's opinion.
const TOLERANCE: f64 = 0.02;

/// Found and repaired alike, found beside, missed.
fn check(folder: &Path, name: &str) -> (usize, usize, usize) {
    let (bars, actions) = case(&folder.join(format!("{name}.csv")));
    let (fixed, _) = case(&folder.join(format!("{name}-fixed.csv")));
    let fixed: BTreeMap<Day, f64> = fixed.into_iter().map(|(day, bar)| (day, bar.close)).collect();
    let sessions: Vec<Day> = fixed.keys().copied().collect();
    let defects = detect(&Series { bars: &bars, sessions: &sessions, actions: &actions });
    let scale = |day: Day| scale_of(&defects, day);
    let differs = |one: f64, other: f64| (one / other - 1.0).abs() > TOLERANCE;
    let mut counts = (0, 0, 0);
    for (day, bar) in &bars {
        let is_wrong = differs(bar.close, fixed[day]);
        match scale(*day) {
            Some(scale) if is_wrong && !differs(bar.close * scale, fixed[day]) => counts.0 += 1,
            Some(_) => counts.1 += 1,
            None if is_wrong => counts.2 += 1,
            None => (),
        }
    }
    let other = defects.iter().filter(|defect| !matches!(defect.kind, Kind::UnitError | Kind::BadSplit));
    let other: Vec<_> = other.map(|defect| (defect.day.to_string(), defect.kind)).collect();
    println!("{name}: repaired, wrongly repaired, missed {counts:?}; besides {other:?}");
    counts
}

fn scale_of(defects: &[Defect<Day>], day: Day) -> Option<f64> {
    let mut repairs = defects.iter().filter(|defect| defect.day == day).filter_map(|defect| defect.repair);
    repairs.find_map(|repair| match repair {
        Repair::Scale { prices, .. } => Some(prices),
        Repair::Split { .. } => None,
    })
}

const CASES: [&str; 6] = [
    "4063-T-1d-bad-stock-split",
    "AET-L-1d-100x-error",
    "ALPHA-PA-1d-bad-stock-split",
    "AV-L-1wk-bad-stock-split",
    "CNE-L-1d-bad-stock-split",
    "DEX-AX-1d-bad-stock-split",
];

#[test]
fn every_bar_that_others_repaired_is_repaired_alike_and_no_other() {
    let Some(folder) = folder("price-repair-cases") else { return };
    let counts = CASES.map(|name| check(&folder, name));
    assert_eq!(counts, [(9, 0, 0), (14, 0, 0), (1, 0, 0), (1, 0, 0), (1, 0, 0), (15, 0, 0)]);
}

#[test]
fn nothing_is_left_to_repair_in_what_others_repaired() {
    let Some(folder) = folder("price-repair-cases") else { return };
    for name in CASES {
        let (bars, actions) = case(&folder.join(format!("{name}-fixed.csv")));
        let sessions: Vec<Day> = bars.iter().map(|(day, _)| *day).collect();
        let defects = detect(&Series { bars: &bars, sessions: &sessions, actions: &actions });
        assert!(bars.iter().all(|(day, _)| scale_of(&defects, *day).is_none()), "{name}: {defects:?}");
    }
}
