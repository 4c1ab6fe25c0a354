//! What networks read, and what they learn to say of it.

use super::Error;

/// Sequences that are there and finite.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'data> {
    values: &'data [f32],
    /// Sequences, days, features.
    shape: [usize; 3],
}

impl<'data> Inputs<'data> {
    /// Takes sequences × days × features, the last running fastest.
    pub fn new(values: &'data [f32], shape: [usize; 3]) -> Result<Self, Error> {
        let [count, days, features] = shape;
        let size = days.checked_mul(features).filter(|size| *size > 0).ok_or(Error::Shape)?;
        if size.checked_mul(count) != Some(values.len()) {
            return Err(Error::Shape);
        }
        if count == 0 {
            return Err(Error::Empty);
        }
        let wrong = values.iter().position(|value| !value.is_finite());
        wrong.map_or(Ok(Self { values, shape }), |place| Err(Error::Input(place / size)))
    }

    /// How many sequences there are.
    pub fn count(&self) -> usize {
        self.shape[0]
    }

    pub fn days(&self) -> usize {
        self.shape[1]
    }

    pub fn features(&self) -> usize {
        self.shape[2]
    }

    /// The features of a day of a sequence.
    pub fn day(&self, sequence: usize, day: usize) -> &'data [f32] {
        let [_, days, features] = self.shape;
        &self.values[(sequence * days + day) * features..][..features]
    }

    pub(super) fn values(&self) -> &'data [f32] {
        self.values
    }

    /// Refuses sequences of another shape than `expected` days and features.
    pub(super) fn check(&self, expected: [usize; 2]) -> Result<(), Error> {
        let found = [self.days(), self.features()];
        if found == expected { Ok(()) } else { Err(Error::Mismatch { expected, found }) }
    }
}

/// Sequences and what was to be predicted for each.
#[derive(Clone, Copy, Debug)]
pub struct Examples<'data> {
    pub(super) inputs: Inputs<'data>,
    pub(super) targets: &'data [f32],
}

/// Beyond it, sums of predictions would not be finite.
const LIMIT: f32 = 1e30;

impl<'data> Examples<'data> {
    /// Pairs sequences with their targets, of which there must be as many, finite and at most 1e30 either way.
    pub fn new(inputs: Inputs<'data>, targets: &'data [f32]) -> Result<Self, Error> {
        if inputs.count() != targets.len() {
            return Err(Error::Lengths { sequences: inputs.count(), targets: targets.len() });
        }
        let wrong = targets.iter().position(|target| target.is_nan() || target.abs() > LIMIT);
        wrong.map_or(Ok(Self { inputs, targets }), |row| Err(Error::Target(row)))
    }
}
