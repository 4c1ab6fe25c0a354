//! Scaled quantiles turned into what is said of a return.

use super::{
    Asked, LEVELS,
    calibration::{Calibrated, chance_of_rise},
};
use quant::interval::{Calibration, Interval};

/// A forecast without its reasons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Outlook {
    /// At [`LEVELS`], never falling.
    pub quantiles: [f64; LEVELS.len()],
    pub interval_95: Interval,
    pub interval_99: Interval,
    pub probability_up: f64,
    pub volatility: f64,
}

impl Outlook {
    /// The places of the levels that 95 and 99 % lie between.
    pub const ENDS_95: [usize; 2] = [1, 7];
    pub const ENDS_99: [usize; 2] = [0, 8];
    const MEDIAN: usize = 4;

    /// From sorted quantiles in units of the scale: the ends are moved by margins and all is brought to the return's unit.
    ///
    /// The outer quantiles are the ends of the intervals. 99 % hold at least what 95 % do, and the inner quantiles stay
    /// within them, so that quantiles never cross.
    pub fn new(scaled: &[f32], scale: f64, calibrated: &Calibrated, asked: Asked) -> Self {
        let unit = |scaled: f64| (scaled * scale).max(-1.0);
        let raw: [f64; LEVELS.len()] = std::array::from_fn(|place| f64::from(scaled[place]));
        let mut quantiles = raw.map(unit);
        let ends = |[low, high]: [usize; 2], margins: &Calibration, coverage: f64| {
            let found = widened(Interval { low: raw[low], high: raw[high] }, margins, coverage);
            Interval { low: unit(found.low), high: unit(found.high) }
        };
        let inner = ends(Self::ENDS_95, &calibrated.margins_95, asked.p95);
        let outer = ends(Self::ENDS_99, &calibrated.margins_99, asked.p99);
        let outer = Interval { low: outer.low.min(inner.low), high: outer.high.max(inner.high) };
        for quantile in &mut quantiles {
            *quantile = quantile.clamp(inner.low, inner.high);
        }
        for ([low, high], interval) in [(Self::ENDS_95, inner), (Self::ENDS_99, outer)] {
            (quantiles[low], quantiles[high]) = (interval.low, interval.high);
        }
        let [low, high] = Self::ENDS_95;
        Self {
            quantiles,
            interval_95: inner,
            interval_99: outer,
            probability_up: calibrated.tilt.apply(chance_of_rise(scaled)),
            volatility: f64::from(calibrated.spread) * (raw[high] - raw[low]) * scale,
        }
    }

    pub fn median(&self) -> f64 {
        self.quantiles[Self::MEDIAN]
    }
}

/// The interval with the margin for a coverage.
///
/// More than the cases can promise gets the largest margin that any of them needed, and 1 or more twice as much: what
/// cannot be left is of no use to anybody, and returns so far out widen the scale, too.
fn widened(raw: Interval, margins: &Calibration, coverage: f64) -> Interval {
    let largest = || margins.distances().last().copied().unwrap_or_default().max(0.0);
    let margin = match coverage {
        coverage if coverage <= 0.0 => -raw.width(),
        coverage if coverage < 1.0 => margins.margin(coverage).unwrap_or_else(largest),
        _ => 2.0 * largest(),
    };
    raw.widened(margin)
}

#[cfg(test)]
mod tests {
    use super::{super::calibration::Tilt, Asked, Calibrated, Outlook};
    use proptest::prelude::*;
    use quant::interval::Calibration;

    fn calibrated(least: f64, step: f64) -> Calibrated {
        let distances = || {
            Calibration::from_distances((0..500).map(|it| least + step * f64::from(it)).collect()).unwrap()
        };
        let tilt = Tilt { slope: 1.0, shift: 0.0 };
        Calibrated { margins_95: distances(), margins_99: distances(), tilt, spread: 0.25 }
    }

    const SCALED: [f32; 9] = [-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0];

    #[test]
    fn margins_and_scale_move_the_ends() {
        // Of 500 distances from -1 by 0.01 the 476th is what 95 % need, and the 496th what 99 % do.
        let outlook = Outlook::new(&SCALED, 0.01, &calibrated(-1.0, 0.01), Asked::default());
        let [inner, outer] = [outlook.interval_95, outlook.interval_99];
        assert!((inner.high - 0.0675).abs() < 1e-9 && (inner.low + 0.0675).abs() < 1e-9, "{inner:?}");
        assert!((outer.high - 0.0795).abs() < 1e-9 && (outer.low + 0.0795).abs() < 1e-9, "{outer:?}");
        assert!((outlook.volatility - 0.015).abs() < 1e-9 && (outlook.probability_up - 0.5).abs() < 1e-9);
    }

    #[test]
    fn more_than_cases_can_promise_goes_as_far_as_any_was_off_or_twice_that() {
        let said = |p95| Outlook::new(&SCALED, 0.01, &calibrated(-2.99, 0.01), Asked { p95, p99: 0.99 });
        for (coverage, high) in [(0.9999, 0.05), (1.0, 0.07), (1.2, 0.07), (0.0, 0.0), (-0.1, 0.0)] {
            let found = said(coverage).interval_95;
            assert!(
                (found.high - high).abs() < 1e-9 && (found.low + high).abs() < 1e-9,
                "{coverage}: {found:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn quantiles_never_cross_and_intervals_are_their_ends(
            mut scaled in prop::array::uniform9(-5.0_f32..5.0),
            (scale, least, step) in (1e-4..1.0_f64, -3.0..1.0_f64, 0.0..0.02_f64),
            (p95, p99) in (-0.2..1.2_f64, -0.2..1.2_f64),
        ) {
            scaled.sort_by(f32::total_cmp);
            let said = Outlook::new(&scaled, scale, &calibrated(least, step), Asked { p95, p99 });
            prop_assert!(said.quantiles.is_sorted(), "{said:?}");
            prop_assert_eq!((said.quantiles[1], said.quantiles[7]), (said.interval_95.low, said.interval_95.high));
            prop_assert_eq!((said.quantiles[0], said.quantiles[8]), (said.interval_99.low, said.interval_99.high));
            prop_assert!(said.volatility >= 0.0 && (0.0..=1.0).contains(&said.probability_up));
        }
    }
}
