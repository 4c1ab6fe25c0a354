//! The models themselves, and what they say.

use super::{
    Kind, LEVELS,
    ensemble::Ensemble,
    own::Own,
    view::{Inputs, Layout},
};
use crate::{
    matrix::Matrix,
    onnx::{
        COMBINED, FEATURES, File, PREDICTIONS, QUANTILES, SEQUENCES,
        runtime::{RuntimeError, Session, Tensor},
    },
    sequence,
    tree::Forest,
};

/// A model that has learnt.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Model {
    /// By level.
    Trees(Vec<Forest>),
    Network(Box<sequence::Model>),
    Ensemble(Ensemble),
    Own(Own),
}

impl Model {
    /// By row: the quantiles of scaled returns at [`LEVELS`], which may still cross; by ONNX Runtime where that has opened
    /// the model.
    pub fn read(&self, inputs: &Inputs, session: Option<&Session>) -> Result<Matrix, RuntimeError> {
        match (self, session) {
            (Self::Own(own), session) => own.read(session.ok_or(RuntimeError::Missing)?, inputs),
            (_, Some(session)) => self.run(session, inputs),
            (Self::Trees(forests), None) => Ok(grown(forests, inputs)),
            (Self::Network(model), None) => {
                let sequences = sequence::Inputs::new(&inputs.sequences, inputs.shape());
                let said = sequences.and_then(|sequences| model.predict(&sequences));
                said.map_err(|error| RuntimeError::Run(error.to_string()))
            }
            (Self::Ensemble(ensemble), None) => {
                let said = ensemble.members.iter().map(|one| one.read(inputs, None));
                Ok(ensemble.combined(&said.collect::<Result<Vec<_>, _>>()?))
            }
        }
    }

    /// Has the graph of [`to_file`](Self::to_file) computed.
    fn run(&self, session: &Session, inputs: &Inputs) -> Result<Matrix, RuntimeError> {
        let output = match self {
            Self::Trees(_) => PREDICTIONS,
            Self::Network(_) => QUANTILES,
            Self::Ensemble(_) | Self::Own(_) => COMBINED,
        };
        let (days, sequences) = (vec![inputs.rows, inputs.columns], inputs.shape().to_vec());
        let ports = [(FEATURES, days, &inputs.days), (SEQUENCES, sequences, &inputs.sequences)];
        let ports = ports.into_iter().filter(|(_, _, values)| !values.is_empty());
        let ports = ports.map(|(name, shape, values)| (name, Tensor::Floats(shape, values.clone())));
        let (shape, values) = session.run(ports.collect(), output)?;
        let found = Matrix::new(LEVELS.len(), values).filter(|_| shape == [inputs.rows, LEVELS.len()]);
        found.ok_or_else(|| RuntimeError::Run("it gave another shape than its model has".to_owned()))
    }

    /// What its kind is called.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Trees(_) => Kind::Trees.name(),
            Self::Network(model) => model.parts().network.name(),
            Self::Ensemble(_) => Kind::Ensemble.name(),
            Self::Own(_) => Kind::Own.name(),
        }
    }

    /// What it reads.
    pub fn layouts(&self) -> Vec<Layout> {
        match self {
            Self::Trees(_) => vec![Layout::Day],
            Self::Network(_) => vec![Layout::Sequence],
            Self::Ensemble(ensemble) => ensemble.layouts(),
            Self::Own(own) => own.layouts(),
        }
    }

    /// The graph alone; of somebody's own what follows it.
    pub fn to_file(&self) -> File {
        match self {
            Self::Trees(forests) => {
                File::of_forests(forests).expect("one for each level, of the same columns")
            }
            Self::Network(model) => File::from(&**model),
            Self::Ensemble(ensemble) => ensemble.to_file(),
            Self::Own(own) => own.to_file(),
        }
    }

    /// By column, of the median: Shapley values in units of the scale, shares of attention, or nothing.
    ///
    /// An ensemble gives none: what its trees tell leaves out what its networks do not.
    pub fn contributions(&self, inputs: &Inputs) -> Vec<Vec<f32>> {
        match self {
            Self::Trees(forests) => {
                let median = &forests[LEVELS.len() / 2];
                let rows = inputs.days.chunks_exact(inputs.columns);
                rows.map(|row| narrow(median.explain(row).contributions)).collect()
            }
            Self::Network(model) => {
                let sequences = sequence::Inputs::new(&inputs.sequences, inputs.shape());
                let found = sequences.and_then(|sequences| model.explain(&sequences)).ok().flatten();
                let found = found.map(|all| all.into_iter().map(|one| one.features).collect());
                found.unwrap_or_else(|| vec![Vec::new(); inputs.rows])
            }
            Self::Ensemble(_) | Self::Own(_) => vec![Vec::new(); inputs.rows],
        }
    }

    /// By column: its share of what the model looks at, from inputs it is used on; together 1, or all 0.
    pub fn importance(&self, inputs: &Inputs) -> Vec<f64> {
        let rows = match self {
            Self::Trees(forests) => forests.iter().map(|forest| forest.importance().to_vec()).collect(),
            Self::Network(_) | Self::Own(_) => self.contributions(inputs),
            Self::Ensemble(ensemble) => return ensemble.importance(inputs),
        };
        let mut sums = vec![0.0; inputs.columns];
        for row in &rows {
            sums.iter_mut().zip(row).for_each(|(sum, share)| *sum += f64::from(*share));
        }
        shares(sums)
    }
}

fn grown(forests: &[Forest], inputs: &Inputs) -> Matrix {
    let rows = inputs.days.chunks_exact(inputs.columns);
    #[expect(clippy::cast_possible_truncation, reason = "what a runtime gives is single, too")]
    let values = rows.flat_map(|row| forests.iter().map(|forest| forest.predict(row) as f32)).collect();
    Matrix::new(forests.len(), values).expect("whole rows")
}

/// Each as its share of all; zeros stay.
pub(super) fn shares(values: Vec<f64>) -> Vec<f64> {
    let total = values.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    values.into_iter().map(|value| value / total).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "shown, not computed with")]
fn narrow(values: Vec<f64>) -> Vec<f32> {
    values.into_iter().map(|value| value as f32).collect()
}
