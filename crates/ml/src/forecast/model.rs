//! The models themselves, and who computes what they say.

use super::{Kind, LEVELS, view::Inputs};
use crate::{
    matrix::Matrix,
    onnx::{
        FEATURES, PREDICTIONS, QUANTILES, SEQUENCES,
        runtime::{RuntimeError, Session, Tensor},
    },
    sequence,
    tree::Forest,
};
use std::fmt::Debug;

/// Whoever computes quantiles of scaled returns from what is read.
pub(super) trait Reader: Debug + Send + Sync {
    /// By row: the quantiles at [`LEVELS`], which may still cross.
    fn read(&self, inputs: &Inputs) -> Result<Matrix, RuntimeError>;
}

/// A model that has learnt.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Model {
    /// By level.
    Trees(Vec<Forest>),
    Network(Box<sequence::Model>),
}

impl Reader for Model {
    fn read(&self, inputs: &Inputs) -> Result<Matrix, RuntimeError> {
        match self {
            Self::Trees(forests) => Ok(grown(forests, inputs)),
            Self::Network(model) => {
                let sequences = sequence::Inputs::new(&inputs.values, inputs.shape);
                let said = sequences.and_then(|sequences| model.predict(&sequences));
                said.map_err(|error| RuntimeError::Run(error.to_string()))
            }
        }
    }
}

fn grown(forests: &[Forest], inputs: &Inputs) -> Matrix {
    let rows = inputs.values.chunks_exact(inputs.shape[2]);
    #[expect(clippy::cast_possible_truncation, reason = "what a runtime gives is single, too")]
    let values = rows.flat_map(|row| forests.iter().map(|forest| forest.predict(row) as f32)).collect();
    Matrix::new(forests.len(), values).expect("whole rows")
}

/// A model that ONNX Runtime has opened.
#[derive(Debug)]
pub(super) struct Opened {
    pub session: Session,
    pub kind: Kind,
}

impl Reader for Opened {
    fn read(&self, inputs: &Inputs) -> Result<Matrix, RuntimeError> {
        let [rows, days, columns] = inputs.shape;
        let (shape, input, output) = match self.kind {
            Kind::Trees => (vec![rows, columns], FEATURES, PREDICTIONS),
            Kind::Lstm | Kind::Tft => (vec![rows, days, columns], SEQUENCES, QUANTILES),
        };
        let input = (input, Tensor::Floats(shape, inputs.values.clone()));
        let (shape, values) = self.session.run(vec![input], output)?;
        let found = Matrix::new(LEVELS.len(), values).filter(|_| shape == [rows, LEVELS.len()]);
        found.ok_or_else(|| RuntimeError::Run("it gave another shape than its model has".to_owned()))
    }
}

impl Model {
    /// By column, of the median: Shapley values in units of the scale, shares of attention, or nothing.
    pub fn contributions(&self, inputs: &Inputs) -> Vec<Vec<f32>> {
        match self {
            Self::Trees(forests) => {
                let median = &forests[LEVELS.len() / 2];
                let rows = inputs.values.chunks_exact(inputs.shape[2]);
                rows.map(|row| narrow(median.explain(row).contributions)).collect()
            }
            Self::Network(model) => {
                let sequences = sequence::Inputs::new(&inputs.values, inputs.shape);
                let found = sequences.and_then(|sequences| model.explain(&sequences)).ok().flatten();
                let found = found.map(|all| all.into_iter().map(|one| one.features).collect());
                found.unwrap_or_else(|| vec![Vec::new(); inputs.shape[0]])
            }
        }
    }

    /// By column: its share of what the model looks at, from inputs it is used on; together 1, or all 0.
    pub fn importance(&self, inputs: &Inputs) -> Vec<f64> {
        let rows = match self {
            Self::Trees(forests) => forests.iter().map(|forest| forest.importance().to_vec()).collect(),
            Self::Network(_) => self.contributions(inputs),
        };
        let mut sums = vec![0.0; inputs.shape[2]];
        for row in &rows {
            sums.iter_mut().zip(row).for_each(|(sum, share)| *sum += f64::from(*share));
        }
        let total: f64 = sums.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        sums.into_iter().map(|sum| sum / total).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "shown, not computed with")]
fn narrow(values: Vec<f64>) -> Vec<f32> {
    values.into_iter().map(|value| value as f32).collect()
}
