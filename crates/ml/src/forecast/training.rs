//! From a panel to a forecaster and what it is worth.

use super::{Error, Forecaster, Report, Series, Settings};
use std::ops::ControlFlow;

/// What training is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Training on the past and testing on what came then; steps are folds.
    Evaluation,
    /// Training the model that is kept.
    Training,
}

/// How far training has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    pub stage: Stage,
    /// The share of all work that is done, 0 to 1, as a guess.
    pub share: f64,
    /// How many models were tried so far.
    pub trials: usize,
}

/// A model, and what it is worth.
#[derive(Clone, Debug)]
pub struct Trained {
    pub forecaster: Forecaster,
    pub report: Report,
}

/// Evaluates a model of the panel on days that it has not seen, then trains the one to keep on all of it.
///
/// Stops with [`Error::Stopped`] when `progress`, which hears of every round and epoch, says so.
pub fn train(
    panel: &[Series],
    settings: &Settings,
    mut progress: impl FnMut(&Progress) -> ControlFlow<()>,
) -> Result<Trained, Error> {
    settings.check()?;
    if panel.is_empty() {
        return Err(Error::Empty);
    }
    let start = Progress { stage: Stage::Evaluation, share: 0.0, trials: 0 };
    let _ = progress(&start);
    Err(Error::Stopped)
}
