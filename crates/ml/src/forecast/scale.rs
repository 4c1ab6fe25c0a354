//! How far a stock is likely to move, as it is known on the day.

use quant::returns;

/// How fast the averages of past moves forget: within a week, a month, a quarter, and a year.
const DECAYS: [f64; 4] = [0.8, 0.94, 0.985, 0.995];

/// Returns that must be known before a scale is.
pub(super) const NEEDED: usize = 60;

/// Less than that is no movement.
const LEAST: f64 = 1e-6;

/// How often the weights are improved in turn: far beyond where they still change.
const SWEEPS: usize = 1_000;

/// The averages of the absolute daily returns, one for each decay; `None` where too little is known.
pub(super) type Moves = Option<[f64; 4]>;

/// The moves as they are known after each close.
///
/// Exponentially weighted, the weights adding up to 1 from the first return on. A gap adds nothing.
pub(super) fn moves(closes: &[f64]) -> Vec<Moves> {
    let (mut sums, mut weights, mut known) = ([0.0; 4], [0.0; 4], 0);
    let after = |change: Option<f64>| {
        if let Some(change) = change {
            known += 1;
            for ((sum, weight), decay) in sums.iter_mut().zip(&mut weights).zip(DECAYS) {
                *sum = decay * *sum + (1.0 - decay) * change.abs();
                *weight = decay * *weight + (1.0 - decay);
            }
        }
        let average = |place: usize| sums[place] / weights[place];
        (known >= NEEDED).then(|| [0, 1, 2, 3].map(average))
    };
    returns::simple(closes).into_iter().map(after).collect()
}

/// What the moves say of the absolute return over the horizon: a weighted sum of them, which no weight lowers.
///
/// A calm week within a wild year is expected to end, and the other way around, as in Corsi (2009), "A simple approximate
/// long-memory model of realized volatility". Absolute returns instead of squares: one jump does not drown the rest
/// (Ederington and Guan 2005, "Forecasting volatility").
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale([f32; 4]);

impl Scale {
    /// Takes weights as they were kept; `None` unless all are finite, none is below 0, and one is above.
    pub fn new(weights: &[f32]) -> Option<Self> {
        let weights: [f32; 4] = weights.try_into().ok()?;
        let is_sound = weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0);
        (is_sound && weights.iter().any(|weight| *weight > 0.0)).then_some(Self(weights))
    }

    /// Learns from moves and the return that followed: least squares, relative to the slowest average, with weights of at
    /// least 0; `None` where nothing ever moved.
    pub fn fit(cases: impl Iterator<Item = ([f64; 4], f64)>) -> Option<Self> {
        let (mut products, mut answers) = ([[0.0; 4]; 4], [0.0; 4]);
        for (moves, change) in cases.filter(|(moves, _)| moves[3] > LEAST) {
            let relative = moves.map(|one| one / moves[3]);
            for (row, answer) in (0..4).zip(&mut answers) {
                *answer += relative[row] * change.abs() / moves[3];
                (0..4).for_each(|column| products[row][column] += relative[row] * relative[column]);
            }
        }
        let mut weights = [0.0_f64; 4];
        for place in std::iter::repeat_n(0..4, SWEEPS).flatten() {
            let others: f64 = (0..4)
                .filter(|other| *other != place)
                .map(|other| products[place][other] * weights[other])
                .sum();
            weights[place] = ((answers[place] - others) / products[place][place]).max(0.0);
        }
        #[expect(clippy::cast_possible_truncation, reason = "models are kept in single precision")]
        Self::new(&weights.map(|weight| weight as f32))
    }

    /// The expected absolute return over the horizon; `None` where it cannot be told or nothing moves.
    pub fn of(&self, moves: Moves) -> Option<f64> {
        let sum: f64 = self.0.iter().zip(moves?).map(|(weight, one)| f64::from(*weight) * one).sum();
        (sum > LEAST && sum.is_finite()).then_some(sum)
    }

    pub fn weights(&self) -> &[f32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{NEEDED, Scale, moves};
    use crate::random::Stream;

    #[test]
    fn steady_moves_are_their_own_average_and_gaps_add_nothing() {
        let mut closes: Vec<f64> = (0..200).map(|day| if day % 2 == 0 { 100.0 } else { 102.0 }).collect();
        let steady = moves(&closes)[199].unwrap();
        // Up by 2 %, down by 2/102: all averages lie between, and the slow ones near the middle.
        assert!(steady.iter().all(|average| (0.0196..0.02).contains(average)));
        assert!((steady[3] - 0.0198).abs() < 1e-5, "{steady:?}");
        assert!(moves(&closes)[NEEDED - 1].is_none() && moves(&closes)[NEEDED].is_some());
        closes.splice(150..150, [f64::NAN; 5]);
        let gapped = moves(&closes)[204].unwrap();
        assert!((gapped[3] - steady[3]).abs() < 1e-5);
    }

    #[test]
    fn weights_that_made_the_returns_are_found_again() {
        let mut stream = Stream::new(1);
        let cases: Vec<([f64; 4], f64)> = (0..5_000)
            .map(|_| {
                let moves = [0.0; 4].map(|_| 0.005 + 0.02 * stream.unit());
                (moves, 0.25 * moves[0] + 0.5 * moves[2])
            })
            .collect();
        let scale = Scale::fit(cases.iter().copied()).unwrap();
        for (found, expected) in scale.weights().iter().zip([0.25, 0.0, 0.5, 0.0]) {
            assert!((found - expected).abs() < 1e-3, "{scale:?}");
        }
        assert!((scale.of(Some([0.01; 4])).unwrap() - 0.0075).abs() < 1e-5);
    }

    #[test]
    fn what_never_moves_has_no_scale() {
        assert_eq!(Scale::fit([([0.0; 4], 0.0)].into_iter()), None);
        assert_eq!(Scale::fit(std::iter::empty()), None);
        let scale = Scale::new(&[0.0, 0.5, 0.5, 0.0]).unwrap();
        assert_eq!((scale.of(None), scale.of(moves(&[5.0; 100])[99])), (None, None));
        assert_eq!(
            (Scale::new(&[0.0; 4]), Scale::new(&[1.0; 3]), Scale::new(&[f32::NAN; 4])),
            (None, None, None)
        );
    }
}
