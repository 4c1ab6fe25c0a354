//! The search for settings that suit the panel.

use super::{
    Error,
    learning::{Examples, Learner, Step, Task},
};
use crate::random::Stream;
use std::ops::ControlFlow;

/// What a search may choose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Choice {
    pub learning_rate: f64,
    /// Leaves of a tree, or numbers that a network keeps.
    pub size: usize,
    /// The share of rows and of columns that a tree does not see, or the dropout of a network.
    pub left_out: f64,
}

impl Choice {
    pub fn usual(learner: Learner) -> Self {
        match learner {
            Learner::Trees => Self { learning_rate: 0.05, size: 8, left_out: 0.3 },
            Learner::Lstm => Self { learning_rate: 2e-3, size: 32, left_out: 0.1 },
            Learner::Tft => Self { learning_rate: 2e-3, size: 16, left_out: 0.1 },
        }
    }

    /// Another choice: the learning rate up to three times as much or as little, the others evenly from what is sensible.
    fn random(learner: Learner, stream: &mut Stream) -> Self {
        let sizes: &[usize] = match learner {
            Learner::Trees => &[4, 6, 8, 12, 16, 24, 32],
            Learner::Lstm => &[8, 16, 32, 64],
            Learner::Tft => &[8, 16, 24],
        };
        let most = if learner == Learner::Trees { 0.6 } else { 0.4 };
        Self {
            learning_rate: Self::usual(learner).learning_rate * 3.0_f64.powf(2.0 * stream.unit() - 1.0),
            size: sizes[stream.below(sizes.len())],
            left_out: most * stream.unit(),
        }
    }
}

/// The levels that trials are judged by: the middle and both sides.
const LEVELS: [f64; 3] = [0.05, 0.5, 0.95];

/// The share of a trial's rounds before which none is given up.
const GRACE: f64 = 0.1;

/// The best trial so far.
struct Best {
    choice: Choice,
    loss: f64,
    steps: Vec<Step>,
}

/// Tries the usual choice and random ones, and gives the one with the least pinball loss on the later examples.
///
/// Random search: Bergstra and Bengio (2012), "Random search for hyper-parameter optimization". A trial is given up where
/// it is behind the best one at the same step. `progress` hears the share of all trials that is done.
pub(super) fn search(
    task: &Task<'_>,
    trials: usize,
    examples: [&Examples; 2],
    mut progress: impl FnMut(f64) -> ControlFlow<()>,
) -> Result<Choice, Error> {
    let mut stream = Stream::new(task.seed);
    let mut best: Option<Best> = None;
    for trial in 0..trials {
        let choice =
            if trial == 0 { Choice::usual(task.learner) } else { Choice::random(task.learner, &mut stream) };
        let task = Task { choice, levels: &LEVELS, ..*task };
        let share = |step: &Step| (trial as f64 + step.share) / trials as f64;
        if let Some(found) = attempt(&task, best.as_ref(), examples, &mut |step| progress(share(step)))? {
            best = Some(found);
        }
    }
    Ok(best.map_or_else(|| Choice::usual(task.learner), |best| best.choice))
}

/// The trial, if it is better than the best.
fn attempt(
    task: &Task<'_>,
    best: Option<&Best>,
    examples: [&Examples; 2],
    progress: &mut dyn FnMut(&Step) -> ControlFlow<()>,
) -> Result<Option<Best>, Error> {
    let (mut steps, mut is_behind, mut is_over) = (Vec::new(), false, false);
    let model = task.train(examples, &mut |step| {
        steps.push(step);
        is_over |= progress(&step).is_break();
        is_behind |= best.is_some_and(|best| is_worse(&step, &best.steps));
        if is_over || is_behind { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if is_over {
        return Err(Error::Stopped);
    }
    let said = model.read(&examples[1].inputs, None)?;
    let rows = || said.iter().zip(&examples[1].targets);
    let losses = LEVELS.iter().enumerate().map(|(place, level)| {
        let pairs: Vec<(f64, f64)> =
            rows().map(|(said, came)| (said[place].into(), (*came).into())).collect();
        quant::score::pinball(&pairs, *level).unwrap_or(f64::INFINITY)
    });
    let loss: f64 = losses.sum();
    let is_better = !is_behind && best.is_none_or(|best| loss < best.loss);
    Ok(is_better.then_some(Best { choice: task.choice, loss, steps }))
}

/// Whether a step that is past its grace has a greater loss than the best trial had there.
fn is_worse(step: &Step, best: &[Step]) -> bool {
    let same = best.iter().find(|other| other.share >= step.share);
    step.share > GRACE
        && same.is_some_and(|other| (other.share - step.share).abs() < 1e-9 && step.loss > other.loss)
}
