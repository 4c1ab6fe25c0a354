//! How to train.

use super::{Error, Network};

/// Which network to train, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub network: Network,
    /// The quantiles to predict: levels between 0 and 1, rising.
    pub levels: Vec<f64>,
    /// How many numbers the network keeps of what it has read.
    pub hidden: usize,
    /// The most times that training goes through all examples.
    pub epochs: usize,
    /// How many examples make a step.
    pub batch: usize,
    /// How far a step goes, above 0 and at most 1.
    pub learning_rate: f64,
    /// The share of numbers that each step leaves out, below 1.
    pub dropout: f64,
    /// The longest gradient; a longer one is shortened.
    pub clip: f64,
    /// How many epochs may pass without a better validation before training stops.
    pub patience: usize,
    /// Decides where weights start, the order of examples and what is left out.
    pub seed: u64,
}

impl Settings {
    /// Nine quantiles, hidden layers as wide as is usual, and Adam's usual steps.
    pub fn new(network: Network) -> Self {
        Self {
            network,
            levels: vec![0.005, 0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975, 0.995],
            hidden: network.usual_hidden(),
            epochs: 100,
            batch: 256,
            learning_rate: 1e-3,
            dropout: 0.1,
            clip: 1.0,
            patience: 10,
            seed: 0,
        }
    }

    /// Names the first setting that is out of its range.
    pub(super) fn check(&self) -> Result<(), Error> {
        let ranges = [
            ("network", self.network.fits(self.hidden)),
            ("levels", are_levels(&self.levels)),
            ("hidden", (1..=1 << 12).contains(&self.hidden)),
            ("batch", self.batch > 0),
            ("learning_rate", self.learning_rate > 0.0 && self.learning_rate <= 1.0),
            ("dropout", (0.0..1.0).contains(&self.dropout)),
            ("clip", self.clip > 0.0 && self.clip.is_finite()),
            ("patience", self.patience > 0),
        ];
        ranges.into_iter().try_for_each(|(name, fits)| if fits { Ok(()) } else { Err(Error::Setting(name)) })
    }
}

/// Whether quantiles at these levels can be predicted.
pub(super) fn are_levels(levels: &[f64]) -> bool {
    let is_within = |level: &f64| *level > 0.0 && *level < 1.0;
    !levels.is_empty() && levels.iter().all(is_within) && levels.is_sorted_by(|low, high| low < high)
}
