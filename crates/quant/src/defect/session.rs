//! Days that are there twice, or not at all.

use super::{Bar, Defect, Kind};

/// The sound bars by day, the first of each, and what else was there.
pub(super) fn unique<D: Copy + Ord>(bars: &[(D, Bar)]) -> (Vec<(D, Bar)>, Vec<Defect<D>>) {
    let mut sorted: Vec<(D, Bar)> = bars.iter().filter(|(_, bar)| is_sound(bar)).copied().collect();
    // Stable: of a day's bars the one that came first stays.
    sorted.sort_by_key(|(day, _)| *day);
    let mut unique: Vec<(D, Bar)> = Vec::with_capacity(sorted.len());
    let mut defects = Vec::new();
    for (day, bar) in sorted {
        let before = unique.last();
        if before.is_some_and(|(other, _)| *other == day) {
            defects.push(duplicate(day, &bar));
            continue;
        }
        if before.is_some_and(|(_, before)| repeats(before, &bar)) {
            defects.push(duplicate(day, &bar));
        }
        unique.push((day, bar));
    }
    (unique, defects)
}

/// The sessions between the first and the last bar that have none.
pub(super) fn gaps<D: Copy + Ord>(bars: &[(D, Bar)], sessions: &[D]) -> Vec<Defect<D>> {
    let (Some(first), Some(last)) = (bars.first(), bars.last()) else { return Vec::new() };
    let missing = sessions.iter().filter(|day| first.0 < **day && **day < last.0);
    let missing = missing.filter(|day| bars.binary_search_by_key(*day, |(other, _)| *other).is_err());
    let gap = |day: &D| Defect {
        day: *day,
        kind: Kind::Gap,
        evidence: Vec::new(),
        repair: None,
        is_certain: false,
    };
    missing.map(gap).collect()
}

fn is_sound(bar: &Bar) -> bool {
    let prices = [bar.open, bar.high, bar.low, Some(bar.close), bar.adjusted_close];
    prices.iter().flatten().all(|price| price.is_finite() && *price > 0.0)
}

/// That a range and a volume come again to the last digit is no chance; that nobody traded is nothing strange.
fn repeats(before: &Bar, bar: &Bar) -> bool {
    let moved = bar.high.zip(bar.low).is_some_and(|(high, low)| high > low);
    moved
        && bar.volume.is_some_and(|volume| volume > 0.0)
        && (before.open, before.high, before.low) == (bar.open, bar.high, bar.low)
        && before.volume == bar.volume
        && before.close.to_bits() == bar.close.to_bits()
}

fn duplicate<D>(day: D, bar: &Bar) -> Defect<D> {
    let volume = bar.volume.map(|volume| ("volume", volume));
    let evidence = [("close", bar.close)].into_iter().chain(volume).collect();
    Defect { day, kind: Kind::Duplicate, evidence, repair: None, is_certain: false }
}
