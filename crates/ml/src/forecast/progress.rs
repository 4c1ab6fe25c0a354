//! Who hears how far training has come.

use super::Error;
use std::ops::ControlFlow;

/// What training is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Training on the past and testing on what came then, fold by fold.
    Evaluation,
    /// Training the model that is kept.
    Training,
}

/// How far training has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    pub stage: Stage,
    /// The share of all work that is done, 0 to 1 and never falling; a guess, as models may stop early.
    pub share: f64,
    /// How many settings were tried so far.
    pub trials: usize,
}

/// Whoever hears of it, and how much work there is.
pub(super) struct Watch<'data> {
    progress: &'data mut dyn FnMut(&Progress) -> ControlFlow<()>,
    /// Folds, and the model that is kept.
    units: usize,
    done: usize,
    /// The unit's part that is under way, and how many it has.
    part: [usize; 2],
    share: f64,
    is_over: bool,
    pub trials: usize,
}

impl<'data> Watch<'data> {
    pub fn new(units: usize, progress: &'data mut dyn FnMut(&Progress) -> ControlFlow<()>) -> Self {
        Self { progress, units, done: 0, part: [0, 1], share: 0.0, is_over: false, trials: 0 }
    }

    /// Begins a part of the unit, which has so many.
    pub fn begin(&mut self, part: usize, parts: usize) {
        self.part = [part, parts];
    }

    /// Tells which share of the unit's part is done; nobody who has said that it was the last hears of another.
    pub fn tell(&mut self, share: f64) -> ControlFlow<()> {
        let [part, parts] = self.part.map(|count| count as f64);
        let of_unit = (part + share.clamp(0.0, 1.0)) / parts;
        self.share = self.share.max((self.done as f64 + of_unit) / self.units as f64);
        let stage = if self.done + 1 < self.units { Stage::Evaluation } else { Stage::Training };
        let progress = Progress { stage, share: self.share, trials: self.trials };
        self.is_over = self.is_over || (self.progress)(&progress).is_break();
        if self.is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Fails if somebody has said that it is over.
    pub fn check(&self) -> Result<(), Error> {
        if self.is_over { Err(Error::Stopped) } else { Ok(()) }
    }

    /// Ends a unit.
    pub fn next(&mut self) -> Result<(), Error> {
        let _ = self.tell(1.0);
        (self.done, self.part) = (self.done + 1, [0, 1]);
        self.check()
    }
}
