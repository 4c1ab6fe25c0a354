//! One model from examples.

use super::{
    Error, Kind,
    model::Model,
    tuning::Choice,
    view::{Inputs, Layout},
};
use crate::{
    matrix::Matrix,
    sequence::{self, Network},
    tree::{self, Forest, Objective},
};
use std::ops::ControlFlow;

/// Who learns from examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Learner {
    Trees,
    Lstm,
    Tft,
}

impl Learner {
    /// The learner of a kind; `None` of one that is made of others' models.
    pub fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Trees => Some(Self::Trees),
            Kind::Lstm => Some(Self::Lstm),
            Kind::Tft => Some(Self::Tft),
            Kind::Ensemble | Kind::Own => None,
        }
    }

    pub fn layout(self) -> Layout {
        match self {
            Self::Trees => Layout::Day,
            Self::Lstm | Self::Tft => Layout::Sequence,
        }
    }
}

/// What is read, and the scaled returns that followed.
pub(super) struct Examples {
    pub inputs: Inputs,
    pub targets: Vec<f32>,
}

/// How far a model has come: the share of its rounds at most, and the loss on the validation now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub share: f64,
    pub loss: f64,
}

/// What to learn, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Task<'data> {
    pub learner: Learner,
    pub levels: &'data [f64],
    pub choice: Choice,
    /// The most trees of a level, or epochs.
    pub rounds: usize,
    pub seed: u64,
}

/// Whoever hears of every step, and may say that it was the last.
pub(super) type Listener<'data> = dyn FnMut(Step) -> ControlFlow<()> + 'data;

/// Rows of a leaf that ought to lie beyond the quantile that it tells.
const BEYOND: f64 = 20.0;

impl Task<'_> {
    /// Learns from examples, and stops where others of later days say that it has learnt enough.
    pub fn train(&self, examples: [&Examples; 2], listen: &mut Listener<'_>) -> Result<Model, Error> {
        match self.learner {
            Learner::Trees => self.grow(examples, listen).map(Model::Trees),
            Learner::Lstm => self.teach(Network::Lstm, examples, listen),
            Learner::Tft => self.teach(Network::Tft { heads: 4 }, examples, listen),
        }
    }

    /// A forest for each level.
    fn grow(&self, examples: [&Examples; 2], listen: &mut Listener<'_>) -> Result<Vec<Forest>, Error> {
        let matrices = examples.map(|one| one.inputs.to_matrix());
        let forest = |(place, level): (usize, &f64)| {
            let data: [(&Matrix, &[f32]); 2] =
                [(&matrices[0], &examples[0].targets), (&matrices[1], &examples[1].targets)];
            let done = place as f64;
            let mut heard = |round: &tree::Round| {
                let share = (done + round.trees as f64 / self.rounds as f64) / self.levels.len() as f64;
                listen(Step { share, loss: round.loss.unwrap_or_default() })
            };
            self.grow_one(*level, data, &mut heard)
        };
        self.levels.iter().enumerate().map(forest).collect()
    }

    fn grow_one(
        &self,
        level: f64,
        [training, validation]: [(&Matrix, &[f32]); 2],
        heard: &mut dyn FnMut(&tree::Round) -> ControlFlow<()>,
    ) -> Result<Forest, Error> {
        let Choice { learning_rate, size, left_out } = self.choice;
        // A quantile far out is guesswork in a leaf of few rows.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "20 to 4000")]
        let samples = (BEYOND / level.min(1.0 - level)) as usize;
        let settings = tree::Settings {
            rounds: self.rounds,
            learning_rate,
            leaves: size,
            samples: samples.min(training.1.len() / 8).max(1),
            row_share: 1.0 - left_out,
            column_share: 1.0 - left_out,
            patience: 20,
            seed: self.seed,
            ..tree::Settings::new(Objective::Quantile(level))
        };
        let [training, validation] =
            [training, validation].map(|(matrix, targets)| tree::Examples::new(matrix, targets));
        Ok(tree::train(training?, Some(validation?), &settings, heard)?)
    }

    fn teach(
        &self,
        network: Network,
        examples: [&Examples; 2],
        listen: &mut Listener<'_>,
    ) -> Result<Model, Error> {
        let Choice { learning_rate, size, left_out } = self.choice;
        let settings = sequence::Settings {
            levels: self.levels.to_vec(),
            hidden: size,
            epochs: self.rounds,
            learning_rate,
            dropout: left_out,
            patience: 4,
            seed: self.seed,
            ..sequence::Settings::new(network)
        };
        let [training, validation] = examples.map(|one| {
            let inputs = sequence::Inputs::new(&one.inputs.sequences, one.inputs.shape())?;
            sequence::Examples::new(inputs, &one.targets)
        });
        let model = sequence::train(training?, Some(validation?), &settings, |epoch| {
            let share = epoch.number as f64 / self.rounds as f64;
            listen(Step { share, loss: epoch.validation.unwrap_or_default() })
        });
        Ok(Model::Network(Box::new(model?)))
    }
}
