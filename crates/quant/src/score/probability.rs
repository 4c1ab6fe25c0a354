//! Scores of probabilities for something that happens or does not.

use super::mean;
use crate::statistics::Moments;

/// The Brier score of `(probability, happened)`: the mean squared distance of the probability from 1 or 0. Proper.
///
/// 0 is perfect and 0.25 is what saying one half always gets. Source: Brier (1950), "Verification of forecasts expressed
/// in terms of probability".
pub fn brier(forecasts: &[(f64, bool)]) -> Option<f64> {
    mean(forecasts.iter().map(|forecast| {
        let (probability, happened) = checked(*forecast)?;
        Some((probability - happened).powi(2))
    }))
}

/// The logarithmic score: the mean of `-ln` of the probability given to what came, in nats. Proper.
///
/// Saying one half always gets `ln 2`. A certainty that was wrong costs infinitely much; so that one does not drown all
/// others, probabilities are kept [`f64::EPSILON`] away from 0 and 1, as in scikit-learn, and it costs 36.
///
/// Source: Good (1952), "Rational decisions".
pub fn log_loss(forecasts: &[(f64, bool)]) -> Option<f64> {
    mean(forecasts.iter().map(|forecast| {
        let (probability, happened) = checked(*forecast)?;
        let of_outcome = if happened > 0.5 { probability } else { 1.0 - probability };
        Some(-of_outcome.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln())
    }))
}

/// What a Brier score is made of: `reliability - resolution + uncertainty`, exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decomposition {
    /// How far the probabilities are from the frequencies that followed them; 0 is calibrated.
    pub reliability: f64,
    /// How much the forecasts tell more and less likely cases apart; larger is better.
    pub resolution: f64,
    /// The variance of what happened, which no forecast changes.
    pub uncertainty: f64,
}

/// Decomposes the Brier score over `bins` equally wide groups of probabilities; `None` without bins.
///
/// Source: Murphy (1973), "A new vector partition of the probability score", for forecasts that are equal within a bin.
/// Where they differ, what they tell apart within it counts as resolution, so that the sum stays exact: Stephenson,
/// Coelho and Jolliffe (2008), "Two extra components in the Brier score decomposition".
pub fn decompose(forecasts: &[(f64, bool)], bins: usize) -> Option<Decomposition> {
    let score = brier(forecasts)?;
    let mut groups = vec![(Moments::default(), Moments::default()); bins];
    for (probability, happened) in forecasts {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to bins")]
        let bin = ((probability * bins as f64) as usize).min(bins.checked_sub(1)?);
        groups[bin].0.push(*probability);
        groups[bin].1.push(f64::from(u8::from(*happened)));
    }
    let total = forecasts.len() as f64;
    let gap = |(forecast, outcome): &(Moments, Moments)| {
        Some(outcome.count() as f64 * (forecast.mean()? - outcome.mean()?).powi(2))
    };
    let reliability = groups.iter().filter_map(gap).sum::<f64>() / total;
    let uncertainty = groups.iter().fold(Moments::default(), |all, group| all.merge(group.1)).m2() / total;
    Some(Decomposition { reliability, resolution: reliability + uncertainty - score, uncertainty })
}

/// The forecast with its outcome as a number; `None` if the probability is not one.
fn checked((probability, happened): (f64, bool)) -> Option<(f64, f64)> {
    (0.0..=1.0).contains(&probability).then(|| (probability, f64::from(u8::from(happened))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FORECASTS: [(f64, bool); 10] = [
        (0.1, false),
        (0.1, false),
        (0.4, false),
        (0.4, true),
        (0.4, false),
        (0.8, true),
        (0.8, true),
        (0.8, false),
        (0.8, true),
        (0.8, true),
    ];

    #[test]
    fn scores_by_their_definitions() {
        // The definitions in numpy 2.4.6.
        assert!((brier(&FORECASTS).unwrap() - 0.15).abs() < 1e-15);
        assert!((log_loss(&FORECASTS).unwrap() - 0.465_067_512_841_272_8).abs() < 1e-15);
    }

    #[test]
    fn one_half_scores_a_quarter_and_the_logarithm_of_two() {
        let forecasts = [(0.5, true), (0.5, false), (0.5, false)];
        assert_eq!(brier(&forecasts), Some(0.25));
        assert!((log_loss(&forecasts).unwrap() - std::f64::consts::LN_2).abs() < 1e-15);
    }

    #[test]
    fn certainty_is_free_when_right_and_dear_when_wrong() {
        assert_eq!(brier(&[(1.0, true), (0.0, false)]), Some(0.0));
        assert!(log_loss(&[(1.0, true), (0.0, false)]).unwrap() < 1e-15);
        assert!((log_loss(&[(1.0, false)]).unwrap() - 36.043_653_389_117_15).abs() < 1e-12);
    }

    #[test]
    fn murphys_parts_of_distinct_forecasts() {
        // Murphy's definition in numpy 2.4.6, by the three distinct probabilities.
        let parts = decompose(&FORECASTS, 10).unwrap();
        assert!((parts.reliability - 1.0 / 300.0).abs() < 1e-15);
        assert!((parts.resolution - 0.103_333_333_333_333_35).abs() < 1e-15);
        assert!((parts.uncertainty - 0.25).abs() < 1e-15);
    }

    #[test]
    fn no_forecast_or_an_impossible_one_has_no_score() {
        assert_eq!((brier(&[]), log_loss(&[]), decompose(&[], 10)), (None, None, None));
        assert_eq!(decompose(&FORECASTS, 0), None);
        for bad in [-0.1, 1.1, f64::NAN] {
            let forecasts = [(0.5, true), (bad, true)];
            assert_eq!(
                (brier(&forecasts), log_loss(&forecasts), decompose(&forecasts, 4)),
                (None, None, None)
            );
        }
    }

    proptest! {
        #[test]
        fn the_parts_add_up_and_are_not_negative(
            forecasts in prop::collection::vec((0.0..=1.0_f64, any::<bool>()), 1..50),
            bins in 1..20_usize,
        ) {
            let parts = decompose(&forecasts, bins).unwrap();
            let sum = parts.reliability - parts.resolution + parts.uncertainty;
            prop_assert!((sum - brier(&forecasts).unwrap()).abs() < 1e-12);
            prop_assert!(parts.reliability >= 0.0 && (0.0..=0.25 + 1e-12).contains(&parts.uncertainty));
        }

        /// Proper: if something happens with a given frequency, saying that frequency scores best.
        #[test]
        fn honesty_pays(hits in 0..=20_u32, other in 0.0..=1.0_f64) {
            let score = |said: f64, of: fn(&[(f64, bool)]) -> Option<f64>| {
                of(&(0..20).map(|number| (said, number < hits)).collect::<Vec<_>>()).unwrap()
            };
            let honest = f64::from(hits) / 20.0;
            prop_assert!(score(honest, brier) <= score(other, brier) + 1e-12);
            prop_assert!(score(honest, log_loss) <= score(other, log_loss) + 1e-12);
        }
    }
}
