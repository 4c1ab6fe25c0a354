//! How to train.

use super::Error;

/// Which model learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Gradient-boosted trees, which see a day.
    Trees,
    /// Long short-term memory, which reads thirty days.
    Lstm,
    /// A Temporal Fusion Transformer, which reads thirty days.
    Tft,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Trees, Self::Lstm, Self::Tft];

    /// What the kind is called in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trees => "trees",
            Self::Lstm => "lstm",
            Self::Tft => "tft",
        }
    }

    /// The kind that is called so.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What to train, and how hard to try.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub kind: Kind,
    /// The names of the panel's columns; those of [`FeatureSet`](crate::feature::FeatureSet) that are in the currency of
    /// the price are made relative to the close.
    pub columns: Vec<String>,
    /// How many trading days ahead, 1 to 20.
    pub horizon: usize,
    /// How many times the model is trained on the past and tested on what came then, 1 to 20.
    pub folds: usize,
    /// How many settings of the model are tried in each fold and for the final model; 0 and 1 mean the usual ones.
    pub trials: usize,
    /// The most trees of a quantile, or epochs of a network; `None` as is usual for the kind.
    pub rounds: Option<usize>,
    /// The first day of the first test, by the number that series have for it; `None` is two fifths into the days.
    pub test_from: Option<i32>,
    /// What a trade costs in the simulated strategy, in basis points of its value.
    pub costs: f64,
    pub seed: u64,
}

impl Settings {
    /// The usual settings: five folds, one trial, 10 basis points.
    pub fn new(kind: Kind, columns: Vec<String>, horizon: usize) -> Self {
        Self {
            kind,
            columns,
            horizon,
            folds: 5,
            trials: 1,
            rounds: None,
            test_from: None,
            costs: 10.0,
            seed: 0,
        }
    }

    /// Names the first setting that is out of its range.
    pub(super) fn check(&self) -> Result<(), Error> {
        let ranges = [
            ("columns", !self.columns.is_empty() && !self.columns.iter().any(|name| name.contains(','))),
            ("horizon", (1..=20).contains(&self.horizon)),
            ("folds", (1..=20).contains(&self.folds)),
            ("trials", self.trials <= 1000),
            ("rounds", self.rounds.is_none_or(|rounds| (1..=10_000).contains(&rounds))),
            ("costs", self.costs >= 0.0 && self.costs.is_finite()),
        ];
        ranges.into_iter().try_for_each(|(name, fits)| if fits { Ok(()) } else { Err(Error::Setting(name)) })
    }
}
