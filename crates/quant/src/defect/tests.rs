use super::{Bar, Defect, Kind, Repair, Series, detect};
use crate::adjustment::Action;
use proptest::prelude::*;

/// A bar whose range, close and volume follow from its price.
fn bar(price: f64, volume: f64) -> Bar {
    Bar {
        open: Some(price * 0.999),
        high: Some(price * 1.01),
        low: Some(price * 0.99),
        close: price,
        adjusted_close: Some(price),
        volume: Some(volume),
    }
}

/// Thirty days around 100 that never repeat.
fn calm() -> Vec<(u32, Bar)> {
    (0..30).map(|day| (day, bar(100.0 + f64::from(day * 7 % 5), 1000.0 + f64::from(day)))).collect()
}

fn scaled(bar: &mut Bar, by: f64) {
    *bar = Bar { volume: bar.volume, ..self::bar(bar.close * by, 1.0) };
}

fn found(bars: &[(u32, Bar)], actions: &[(u32, Action)]) -> Vec<Defect<u32>> {
    detect(&Series { bars, sessions: &(0..40).collect::<Vec<_>>(), actions })
}

fn kinds(defects: &[Defect<u32>]) -> Vec<(u32, Kind)> {
    defects.iter().map(|defect| (defect.day, defect.kind)).collect()
}

#[test]
fn a_calm_series_has_no_defect() {
    assert_eq!(found(&calm(), &[]), []);
    assert_eq!(found(&[], &[]), []);
}

#[test]
fn sessions_without_a_bar_are_gaps() {
    let mut bars = calm();
    bars.drain(10..12);
    assert_eq!(kinds(&found(&bars, &[])), [(10, Kind::Gap), (11, Kind::Gap)]);
}

#[test]
fn second_bars_and_repeated_ones_are_duplicates() {
    let mut bars = calm();
    bars.push((5, bar(50.0, 1.0)));
    bars[20].1 = bars[19].1;
    assert_eq!(kinds(&found(&bars, &[])), [(5, Kind::Duplicate), (20, Kind::Duplicate)]);
}

#[test]
fn a_bar_in_pence_is_repaired_without_asking() {
    for (by, back) in [(100.0, 0.01), (0.01, 100.0)] {
        let mut bars = calm();
        scaled(&mut bars[12].1, by);
        let defects = found(&bars, &[]);
        assert_eq!(kinds(&defects), [(12, Kind::UnitError)]);
        assert_eq!(defects[0].repair, Some(Repair::Scale { prices: back, volume: 1.0 }));
        assert!(defects[0].is_certain);
    }
}

#[test]
fn a_hundredfold_that_lasts_waits_for_someone() {
    let mut bars = calm();
    bars[20..].iter_mut().for_each(|(_, bar)| scaled(bar, 100.0));
    let defects = found(&bars, &[]);
    assert_eq!(defects.len(), 10);
    assert!(defects.iter().all(|defect| defect.kind == Kind::UnitError && !defect.is_certain));
}

#[test]
fn a_bar_on_the_wrong_side_of_a_known_split_is_scaled() {
    let mut bars = calm();
    scaled(&mut bars[12].1, 5.0);
    let defects = found(&bars, &[(15, Action::Split { new: 5.0, old: 1.0 })]);
    assert_eq!(kinds(&defects), [(12, Kind::BadSplit)]);
    let Some(Repair::Scale { prices, volume }) = defects[0].repair else { panic!("{defects:?}") };
    assert!((prices - 0.2).abs() < 1e-12 && (volume - 5.0).abs() < 1e-12 && !defects[0].is_certain);
}

#[test]
fn a_jump_by_a_ratio_that_stays_is_a_missing_split() {
    let mut bars = calm();
    bars[15..].iter_mut().for_each(|(_, bar)| scaled(bar, 0.5));
    let defects = found(&bars, &[]);
    assert_eq!(kinds(&defects), [(15, Kind::MissingSplit)]);
    assert_eq!(defects[0].repair, Some(Repair::Split { new: 2.0, old: 1.0 }));
}

#[test]
fn a_known_split_explains_the_jump_of_traded_prices() {
    let mut bars = calm();
    bars[15..].iter_mut().for_each(|(_, bar)| scaled(bar, 0.5));
    for (_, bar) in &mut bars {
        bar.adjusted_close = None;
    }
    assert_eq!(found(&bars, &[(15, Action::Split { new: 2.0, old: 1.0 })]), []);
}

#[test]
fn a_crash_on_heavy_volume_is_news() {
    let mut bars = calm();
    bars[15..].iter_mut().for_each(|(_, bar)| scaled(bar, 0.5));
    bars[15].1.volume = Some(20_000.0);
    assert_eq!(found(&bars, &[]), []);
}

#[test]
fn a_jump_that_is_taken_back_is_a_spike_unless_many_traded_it() {
    let mut bars = calm();
    scaled(&mut bars[15].1, 1.7);
    assert_eq!(kinds(&found(&bars, &[])), [(15, Kind::Spike)]);
    bars[15].1.volume = Some(5_000.0);
    assert_eq!(found(&bars, &[]), []);
}

proptest! {
    #[test]
    fn any_numbers_are_looked_through(
        prices in prop::collection::vec(any::<f64>(), 0..30),
        ratio in any::<f64>(),
    ) {
        let bars: Vec<(u32, Bar)> = (0..).zip(prices.iter().map(|price| bar(*price, *price))).collect();
        found(&bars, &[(5, Action::Split { new: ratio, old: 1.0 }), (7, Action::Dividend { cash: ratio })]);
    }

    #[test]
    fn a_repaired_unit_error_is_none_any_more(day in 1..29_u32) {
        let mut bars = calm();
        scaled(&mut bars[day as usize].1, 100.0);
        let defects = found(&bars, &[]);
        prop_assert_eq!(kinds(&defects), [(day, Kind::UnitError)]);
        scaled(&mut bars[day as usize].1, 0.01);
        prop_assert_eq!(found(&bars, &[]), []);
    }
}
