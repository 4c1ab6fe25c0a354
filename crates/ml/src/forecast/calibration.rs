//! What a model promises brought in line with what came on days that it had not learnt from.

use super::{LEVELS, outlook::Outlook};
use crate::{matrix::Matrix, tree::logistic};
use quant::interval::{Calibration, Interval};
use std::collections::BTreeMap;

/// Distances that are kept for each interval: every margin to a twentieth of a per cent.
const KEPT: usize = 2_000;

/// How many days the trust in a model's own probabilities outweighs.
const TRUST: f64 = 40.0;

const STEPS: usize = 50;

/// Beyond so many scales a return tells of one event, not of how much all returns vary.
const EVENT: f64 = 20.0;

/// Margins, probabilities and spread as the days of validation had them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Calibrated {
    /// In units of the scale.
    pub margins_95: Calibration,
    pub margins_99: Calibration,
    pub tilt: Tilt,
    /// The standard deviation of a return over the width of its 95 % interval before any margin.
    pub spread: f32,
}

impl Calibrated {
    /// Learns from sorted quantiles, the scaled returns that followed and their days; `None` without any.
    pub fn of(quantiles: &Matrix, targets: &[f32], days: &[usize]) -> Option<Self> {
        let cases = |[low, high]: [usize; 2]| {
            let interval = move |row: &[f32]| Interval { low: row[low].into(), high: row[high].into() };
            let pairs = quantiles.iter().zip(targets);
            let pairs: Vec<_> = pairs.map(|(row, target)| (interval(row), f64::from(*target))).collect();
            kept(&Calibration::of(&pairs)?.thinned(KEPT))
        };
        let sides = quantiles.iter().map(chance_of_rise).zip(targets.iter().zip(days));
        let sides = sides.filter(|(_, (target, _))| **target != 0.0);
        let sides: Vec<(f64, bool, usize)> =
            sides.map(|(chance, (target, day))| (chance, *target > 0.0, *day)).collect();
        Some(Self {
            margins_95: cases(Outlook::ENDS_95)?,
            margins_99: cases(Outlook::ENDS_99)?,
            tilt: Tilt::of(&sides),
            spread: spread(quantiles, targets),
        })
    }
}

/// The same in the precision of the file, so that a model that was read back says the same.
fn kept(calibration: &Calibration) -> Option<Calibration> {
    #[expect(clippy::cast_possible_truncation, reason = "models are kept in single precision")]
    let single = |distance: &f64| f64::from(*distance as f32);
    Calibration::from_distances(calibration.distances().iter().map(single).collect())
}

fn spread(quantiles: &Matrix, targets: &[f32]) -> f32 {
    let [low, high] = Outlook::ENDS_95;
    let squares = targets.iter().map(|target| f64::from(*target).clamp(-EVENT, EVENT).powi(2)).sum::<f64>();
    let widths = quantiles.iter().map(|row| f64::from(row[high] - row[low]).powi(2)).sum::<f64>();
    #[expect(clippy::cast_possible_truncation, reason = "models are kept in single precision")]
    let spread = (squares / widths).sqrt() as f32;
    // Quantiles that all are one have no width; a normal distribution's has this ratio.
    if spread.is_finite() && spread > 0.0 { spread } else { 0.255 }
}

/// The probability of a return above 0, by the straight lines between quantiles; within the outermost levels.
pub(super) fn chance_of_rise(quantiles: &[f32]) -> f64 {
    let above = quantiles.partition_point(|quantile| *quantile <= 0.0);
    if above == 0 || above == quantiles.len() {
        return if above == 0 { 1.0 - LEVELS[0] } else { LEVELS[0] };
    }
    let (low, high) = (f64::from(quantiles[above - 1]), f64::from(quantiles[above]));
    let level = LEVELS[above - 1] + (LEVELS[above] - LEVELS[above - 1]) * -low / (high - low);
    1.0 - level
}

/// A correction of probabilities: their odds' logarithm is stretched and shifted.
///
/// Source: Platt (1999), "Probabilistic outputs for support vector machines".
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tilt {
    pub slope: f32,
    pub shift: f32,
}

impl Tilt {
    /// Learns from probabilities, whether the price rose, and the day.
    ///
    /// Stocks rise and fall together, so that a day counts as one observation however many stocks it has; as much as forty
    /// days speak for leaving probabilities as they are. A slope below 0 would bet against the model: it becomes 0.
    fn of(cases: &[(f64, bool, usize)]) -> Self {
        let mut counts = BTreeMap::<usize, f64>::new();
        for (_, _, day) in cases {
            *counts.entry(*day).or_default() += 1.0;
        }
        let case = |(chance, rose, day): &(f64, bool, usize)| {
            (logit(*chance), f64::from(u8::from(*rose)), 1.0 / counts[day])
        };
        let cases: Vec<(f64, f64, f64)> = cases.iter().map(case).collect();
        let (mut slope, mut shift) = newton(&cases, [1.0, 0.0], true);
        if slope < 0.0 {
            (slope, shift) = newton(&cases, [0.0, shift], false);
        }
        #[expect(clippy::cast_possible_truncation, reason = "models are kept in single precision")]
        Self { slope: slope as f32, shift: shift as f32 }
    }

    pub fn apply(self, chance: f64) -> f64 {
        logistic(f64::from(self.slope) * logit(chance) + f64::from(self.shift))
    }
}

/// Newton's steps to the most likely slope and shift, or to the shift alone.
fn newton(cases: &[(f64, f64, f64)], start: [f64; 2], is_sloped: bool) -> (f64, f64) {
    let [mut slope, mut shift] = start;
    // The second derivative of the logistic loss is a quarter at most.
    let trust = TRUST / 4.0;
    for _ in 0..STEPS {
        let (mut gradient, mut curve) = ([trust * (slope - 1.0), trust * shift], [trust, 0.0, trust]);
        for (odds, rose, weight) in cases {
            let chance = logistic(slope * odds + shift);
            let (error, bend) = (weight * (chance - rose), weight * chance * (1.0 - chance));
            gradient = [gradient[0] + error * odds, gradient[1] + error];
            curve = [curve[0] + bend * odds * odds, curve[1] + bend * odds, curve[2] + bend];
        }
        if is_sloped {
            let determinant = curve[0] * curve[2] - curve[1] * curve[1];
            slope -= (curve[2] * gradient[0] - curve[1] * gradient[1]) / determinant;
            shift -= (curve[0] * gradient[1] - curve[1] * gradient[0]) / determinant;
        } else {
            shift -= gradient[1] / curve[2];
        }
    }
    (slope, shift)
}

fn logit(chance: f64) -> f64 {
    (chance / (1.0 - chance)).ln()
}

#[cfg(test)]
mod tests {
    use super::{Tilt, chance_of_rise};
    use crate::random::Stream;

    #[test]
    fn the_chance_of_a_rise_is_read_between_quantiles() {
        let quantiles = [-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0];
        let shifted = |by: f32| chance_of_rise(&quantiles.map(|quantile| quantile + by));
        for (by, expected) in [(0.0, 0.5), (0.5, 0.625), (-1.5, 0.15), (9.0, 0.995), (-9.0, 0.005)] {
            assert!((shifted(by) - expected).abs() < 1e-6, "{by}: {}", shifted(by));
        }
    }

    /// Outcomes by odds twice as long as said and half as long, and by chance alone.
    #[test]
    fn overconfidence_and_faintheartedness_are_mended_with_enough_days() {
        for (factor, expected) in [(2.0, 2.0_f32), (0.5, 0.5), (0.0, 0.0)] {
            let mut stream = Stream::new(3);
            let case = |day| {
                let odds = 6.0 * stream.unit() - 3.0;
                let rose = stream.unit() < super::logistic(factor * odds);
                (super::logistic(odds), rose, day)
            };
            let cases: Vec<_> = (0..20_000).map(case).collect();
            let tilt = Tilt::of(&cases);
            assert!((tilt.slope - expected).abs() < 0.08 && tilt.shift.abs() < 0.05, "{factor}: {tilt:?}");
        }
    }

    #[test]
    fn few_days_change_little_whatever_the_number_of_stocks() {
        // All of a thousand stocks rose on each of five days.
        let cases: Vec<_> = (0..5_000).map(|case| (0.5, true, case % 5)).collect();
        let chance = Tilt::of(&cases).apply(0.5);
        assert!((0.5..0.57).contains(&chance), "{chance}");
        assert_eq!(Tilt::of(&[]), Tilt { slope: 1.0, shift: 0.0 });
    }
}
