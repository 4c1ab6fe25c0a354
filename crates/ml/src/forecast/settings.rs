//! How to train.

use super::{Error, learning::Learner};
use serde::{Deserialize, Serialize};
use std::slice;

/// Which model learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Gradient-boosted trees, which see a day.
    Trees,
    /// Long short-term memory, which reads thirty days.
    Lstm,
    /// A Temporal Fusion Transformer, which reads thirty days.
    Tft,
    /// Two or three of the others, whose quantiles are averaged.
    Ensemble,
    /// Somebody's own, which [`adopt`](super::adopt) takes.
    Own,
}

impl Kind {
    /// Those that [`train`](super::train) makes.
    pub const ALL: [Self; 4] = [Self::Trees, Self::Lstm, Self::Tft, Self::Ensemble];

    /// What the kind is called in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trees => "trees",
            Self::Lstm => "lstm",
            Self::Tft => "tft",
            Self::Ensemble => "ensemble",
            Self::Own => "own",
        }
    }

    /// The kind that is called so.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Own]).find(|kind| kind.name() == name)
    }
}

/// How much each member of an ensemble counts for; decided on the days of validation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Combination {
    /// As much as any other.
    Mean,
    /// By the inverse of its mean loss.
    Weighted,
    /// By level: as is best for all together, and more nearly the same the fewer days there are.
    #[default]
    Stacked,
}

impl Combination {
    pub const ALL: [Self; 3] = [Self::Mean, Self::Weighted, Self::Stacked];

    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Weighted => "weighted",
            Self::Stacked => "stacked",
        }
    }

    /// The combination that is called so.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|combination| combination.name() == name)
    }
}

/// What to train, and how hard to try.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub kind: Kind,
    /// Of an ensemble: who is asked; two or three different ones of the other kinds.
    pub members: Vec<Kind>,
    pub combination: Combination,
    /// The names of the panel's columns; those of [`FeatureSet`](crate::feature::FeatureSet) that are in the currency of
    /// the price are made relative to the close.
    pub columns: Vec<String>,
    /// How many trading days ahead, 1 to 20.
    pub horizon: usize,
    /// How many times the model is trained on the past and tested on what came then, 1 to 20.
    pub folds: usize,
    /// How many settings of the model, or of each member, are tried in each fold and for the final model; 0 and 1 mean the
    /// usual ones.
    pub trials: usize,
    /// The most trees of a quantile, or epochs of a network, of each member of an ensemble; `None` as is usual for the kind.
    pub rounds: Option<usize>,
    /// The first day of the first test, by the number that series have for it; `None` is two fifths into the days.
    pub test_from: Option<i32>,
    /// What a trade costs in the simulated strategy, in basis points of its value.
    pub costs: f64,
    pub seed: u64,
}

impl Settings {
    /// The usual settings, without any member: five folds, one trial, 10 basis points.
    pub fn new(kind: Kind, columns: Vec<String>, horizon: usize) -> Self {
        Self {
            kind,
            members: Vec::new(),
            combination: Combination::Stacked,
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
            ("members", self.are_members()),
            ("columns", !self.columns.is_empty() && !self.columns.iter().any(|name| name.contains(','))),
            ("horizon", (1..=20).contains(&self.horizon)),
            ("folds", (1..=20).contains(&self.folds)),
            ("trials", self.trials <= 1000),
            ("rounds", self.rounds.is_none_or(|rounds| (1..=10_000).contains(&rounds))),
            ("costs", self.costs >= 0.0 && self.costs.is_finite()),
        ];
        ranges.into_iter().try_for_each(|(name, fits)| if fits { Ok(()) } else { Err(Error::Setting(name)) })
    }

    /// Who learns: the members of an ensemble, or the kind itself.
    pub(super) fn learners(&self) -> Vec<Learner> {
        let kinds = if self.kind == Kind::Ensemble { &self.members[..] } else { slice::from_ref(&self.kind) };
        kinds.iter().filter_map(|kind| Learner::of(*kind)).collect()
    }

    fn are_members(&self) -> bool {
        if self.kind != Kind::Ensemble {
            return self.members.is_empty();
        }
        let is_new = |(place, kind): (usize, &Kind)| !self.members[..place].contains(kind);
        let can_learn = |kind: &Kind| Learner::of(*kind).is_some();
        self.members.len() > 1
            && self.members.iter().all(can_learn)
            && self.members.iter().enumerate().all(is_new)
    }
}
