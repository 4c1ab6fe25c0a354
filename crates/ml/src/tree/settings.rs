//! How to train.

use super::Error;

/// What a forest shall predict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Objective {
    /// The mean, by squared error.
    Mean,
    /// The probability of a target of 1, by logistic loss; targets are 0 or 1.
    Probability,
    /// The quantile at this level between 0 and 1, by pinball loss.
    Quantile(f64),
}

/// How many trees to grow, of which form, and from what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    pub objective: Objective,
    /// The most trees.
    pub rounds: usize,
    /// What each tree's answer counts, above 0 and at most 1.
    pub learning_rate: f64,
    /// The most leaves of a tree, at least 2.
    pub leaves: usize,
    /// The fewest rows of a leaf, at least 1; see [`Settings::hessian`] for how they are counted.
    pub samples: usize,
    /// The least sum of second derivatives in a leaf. Rows on one side of a cut are counted by their share of that sum,
    /// as in LightGBM: exactly where all derivatives are 1, as for means and quantiles, else about.
    pub hessian: f64,
    /// λ, added to that sum where a leaf's answer and its gain are computed: shrinks answers of few rows.
    pub penalty: f64,
    /// What a split must gain at least: twice the fall of the loss.
    pub gain: f64,
    /// The most bins of a column, 2 to 255, one for missing values not counted.
    pub bins: usize,
    /// The share of rows that each tree sees, above 0 and at most 1.
    pub row_share: f64,
    /// The share of columns that each tree sees, above 0 and at most 1; rounded up.
    pub column_share: f64,
    /// How many rounds may pass without a better validation before training stops.
    pub patience: usize,
    /// Decides which rows and columns a tree sees.
    pub seed: u64,
}

impl Settings {
    /// LightGBM's defaults, where it has any.
    pub fn new(objective: Objective) -> Self {
        Self {
            objective,
            rounds: 100,
            learning_rate: 0.1,
            leaves: 31,
            samples: 20,
            hessian: 1e-3,
            penalty: 0.0,
            gain: 0.0,
            bins: 255,
            row_share: 1.0,
            column_share: 1.0,
            patience: 50,
            seed: 0,
        }
    }

    /// Names the first setting that is out of its range.
    pub(super) fn check(&self) -> Result<(), Error> {
        let is_share = |share: f64| share > 0.0 && share <= 1.0;
        let is_weight = |weight: f64| weight >= 0.0 && weight.is_finite();
        let level = if let Objective::Quantile(level) = self.objective { level } else { 0.5 };
        let ranges = [
            ("objective", level > 0.0 && level < 1.0),
            ("learning_rate", is_share(self.learning_rate)),
            ("leaves", (2..=1 << 16).contains(&self.leaves)),
            ("samples", self.samples > 0),
            ("hessian", is_weight(self.hessian)),
            ("penalty", is_weight(self.penalty)),
            ("gain", is_weight(self.gain)),
            ("bins", (2..=255).contains(&self.bins)),
            ("row_share", is_share(self.row_share)),
            ("column_share", is_share(self.column_share)),
            ("patience", self.patience > 0),
        ];
        ranges.into_iter().try_for_each(|(name, fits)| if fits { Ok(()) } else { Err(Error::Setting(name)) })
    }

    /// Whether each tree sees something else.
    pub(super) fn is_sampled(&self) -> bool {
        self.row_share < 1.0 || self.column_share < 1.0
    }
}
