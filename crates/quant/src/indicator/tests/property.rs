//! Laws that hold for any series.

use super::super::{Atr, Bollinger, Rsi, Sma, Stochastic, over};
use super::{OF_CLOSES, bars};
use proptest::prelude::*;

fn closes() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(1.0..1e4_f64, 0..60)
}

/// Highs, lows and closes that lie within them.
fn rows() -> impl Strategy<Value = Vec<[f64; 3]>> {
    let row = (1.0..1e4_f64, 0.0..100.0_f64, 0.0..=1.0_f64);
    let row = row.prop_map(|(low, range, share)| [low + range, low, low + range * share]);
    prop::collection::vec(row, 0..60)
}

fn bits(values: &[Option<Vec<f64>>]) -> Vec<Option<Vec<u64>>> {
    let bits = |numbers: &Vec<f64>| numbers.iter().map(|number| number.to_bits()).collect();
    values.iter().map(|value| value.as_ref().map(bits)).collect()
}

proptest! {
    /// What comes later changes nothing: the series cut short gives the same bits as the stream stopped there.
    #[test]
    fn no_indicator_looks_ahead(closes in closes(), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(closes.len() + 1);
        for (name, indicator) in OF_CLOSES {
            prop_assert_eq!(bits(&indicator(&closes)[..cut]), bits(&indicator(&closes[..cut])), "{}", name);
        }
    }

    /// A window forgets: averages and bands depend on the last values alone, to the bit.
    #[test]
    fn what_left_the_window_leaves_no_trace(closes in closes(), before in closes()) {
        let longer = [&before[..], &closes].concat();
        for (name, indicator) in OF_CLOSES.into_iter().filter(|(name, _)| ["sma", "bollinger"].contains(name)) {
            let (alone, after) = (indicator(&closes), indicator(&longer));
            for (alone, after) in alone.iter().zip(&after[before.len()..]).filter(|(alone, _)| alone.is_some()) {
                prop_assert_eq!(alone, after, "{}", name);
            }
        }
    }

    #[test]
    fn any_floats_give_one_finite_item_each(closes in prop::collection::vec(any::<f64>(), 0..40)) {
        for (name, indicator) in OF_CLOSES {
            let values = indicator(&closes);
            prop_assert_eq!(values.len(), closes.len());
            prop_assert!(values.into_iter().flatten().flatten().all(f64::is_finite), "{}", name);
        }
    }

    #[test]
    fn the_unit_of_the_price_scales_averages_and_leaves_ratios(closes in closes(), factor in 0.001..1000.0_f64) {
        let scaled: Vec<f64> = closes.iter().map(|close| close * factor).collect();
        for (name, indicator) in OF_CLOSES {
            let by = if ["rsi", "volatility"].contains(&name) { 1.0 } else { factor };
            let (before, after) = (indicator(&closes), indicator(&scaled));
            for (before, after) in before.iter().flatten().flatten().zip(after.iter().flatten().flatten()) {
                // Differences of averages lose digits against the prices themselves.
                prop_assert!((before * by - after).abs() < 1e-10 * by * 1e4, "{} {} {}", name, before, after);
            }
        }
    }

    #[test]
    fn the_rsi_stays_between_0_and_100_and_mirrors(closes in closes()) {
        let mirrored: Vec<f64> = closes.iter().map(|close| -close).collect();
        let (values, mirrored) = (over(Rsi::new(4), &closes), over(Rsi::new(4), &mirrored));
        for (value, mirrored) in values.into_iter().flatten().zip(mirrored.into_iter().flatten()) {
            prop_assert!((0.0..=100.0).contains(&value));
            prop_assert!((value + mirrored - 100.0).abs() < 1e-9);
        }
    }

    #[test]
    fn bollinger_bands_enclose_the_simple_average(closes in closes()) {
        let (bands, averages) = (over(Bollinger::new(5, 2.0), &closes), over(Sma::new(5), &closes));
        for (bands, average) in bands.into_iter().zip(averages) {
            prop_assert_eq!(bands.map(|bands| bands.middle), average);
            prop_assert!(bands.is_none_or(|bands| bands.lower <= bands.middle && bands.middle <= bands.upper));
        }
    }

    #[test]
    fn ranges_are_never_negative_and_positions_never_outside(rows in rows()) {
        let bars = bars(&rows);
        prop_assert!(over(Atr::new(3), &bars).into_iter().flatten().all(|range| range >= 0.0));
        for value in over(Stochastic::new(4, 2), &bars).into_iter().flatten() {
            prop_assert!((0.0..=100.0).contains(&value.position) && (0.0..=100.0).contains(&value.signal));
        }
    }
}
