//! A trained network.

use super::{
    Error, Network, examples::Inputs, network::Size, pinball, scaling::Scaling, settings::are_levels,
};
use crate::{
    autodiff::{Parameter, Tape},
    matrix::Matrix,
};

/// What a model is put together from.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    pub network: Network,
    pub hidden: usize,
    /// The levels of the quantiles, rising.
    pub levels: Vec<f64>,
    /// The days of a sequence, and the features of a day.
    pub shape: [usize; 2],
    pub scaling: Scaling,
    pub parameters: Vec<Parameter>,
}

/// A network that predicts the quantiles of what follows a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Model(Parts);

/// What a network looked at to predict what follows a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// By feature: its share, the mean of all days; together 1.
    pub features: Vec<f32>,
    /// By day: its share; together 1.
    pub days: Vec<f32>,
}

/// How many sequences are read at once: the numbers stay in the processor's caches.
pub(super) const AT_ONCE: usize = 128;

impl Model {
    /// Puts a model together; `None` if the parameters are not those of the network, or a number is not finite.
    pub fn new(parts: Parts) -> Option<Self> {
        let Parts { network, hidden, levels, shape, scaling, parameters } = &parts;
        let numbers = || parameters.iter().flat_map(|parameter| parameter.values.values());
        let fits = network.fits(*hidden)
            && are_levels(levels)
            && shape.iter().all(|length| *length > 0)
            && scaling.is_sound()
            && scaling.means.len() == shape[1]
            && numbers().count() >= network.least_numbers(shape[1], *hidden);
        if !fits {
            return None;
        }
        let form = |parameters: &[Parameter]| -> Vec<_> {
            let one = |one: &Parameter| (one.name.clone(), one.values.rows(), one.values.columns());
            parameters.iter().map(one).collect()
        };
        let untrained = network.parameters(shape[1], parts.size(), 0);
        let is_whole = form(parameters) == form(&untrained) && numbers().all(|number| number.is_finite());
        is_whole.then_some(Self(parts))
    }

    /// For each sequence a row of quantiles, never falling, in the units of the targets.
    ///
    /// What is said of a sequence does not depend on the others.
    pub fn predict(&self, inputs: &Inputs<'_>) -> Result<Matrix, Error> {
        inputs.check(self.0.shape)?;
        let scaled = self.0.scaled(inputs);
        Ok(self.0.scaling.restore(scaled))
    }

    /// For each sequence what was looked at; `None` of networks that look at everything alike.
    pub fn explain(&self, inputs: &Inputs<'_>) -> Result<Option<Vec<Explanation>>, Error> {
        inputs.check(self.0.shape)?;
        let all: Vec<usize> = (0..inputs.count()).collect();
        Ok(all
            .chunks(AT_ONCE)
            .map(|batch| self.0.explained(inputs, batch))
            .collect::<Option<Vec<_>>>()
            .map(|batches| batches.concat()))
    }

    pub fn parts(&self) -> &Parts {
        &self.0
    }

    /// The levels of the quantiles, rising.
    pub fn levels(&self) -> &[f64] {
        &self.0.levels
    }
}

impl Parts {
    pub(crate) fn size(&self) -> Size {
        Size::new(self.hidden, &self.levels)
    }

    /// The mean pinball loss on standardised targets.
    pub(super) fn loss(&self, inputs: &Inputs<'_>, targets: &[f32]) -> f64 {
        pinball::loss(&self.scaled(inputs), targets, &self.levels)
    }

    /// Quantiles of the standardised targets.
    fn scaled(&self, inputs: &Inputs<'_>) -> Matrix {
        let all: Vec<usize> = (0..inputs.count()).collect();
        let batch = |batch: &[usize]| {
            let mut tape = Tape::new(inputs.days(), &self.parameters);
            let days = self.scaling.days(inputs, batch);
            let said = self.network.forward(&mut tape, days, self.size());
            tape.into_value(said.quantiles).values().to_vec()
        };
        let values = all.chunks(AT_ONCE).flat_map(batch).collect();
        Matrix::new(self.levels.len(), values).expect("whole rows")
    }

    fn explained(&self, inputs: &Inputs<'_>, batch: &[usize]) -> Option<Vec<Explanation>> {
        let mut tape = Tape::new(inputs.days(), &self.parameters);
        let days = self.scaling.days(inputs, batch);
        let weights = self.network.forward(&mut tape, days, self.size()).weights?;
        let [features, days] = [weights.features, weights.days].map(|var| tape.value(var));
        let one = |sequence: usize| {
            let rows = (sequence..days.rows()).step_by(batch.len());
            let mut means = vec![0.0; features.columns()];
            for row in rows.clone() {
                let share = 1.0 / inputs.days() as f32;
                means.iter_mut().zip(features.row(row)).for_each(|(mean, value)| *mean += value * share);
            }
            Explanation { features: means, days: rows.map(|row| days.values()[row]).collect() }
        };
        Some((0..batch.len()).map(one).collect())
    }
}
