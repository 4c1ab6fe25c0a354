//! The model, and what it says.

use super::{Manifest, Refused};
use crate::{
    feature,
    forecast::{
        Error, LEVELS,
        view::{Columns, Inputs, Layout},
    },
    matrix::Matrix,
    onnx::{
        File, foreign,
        runtime::{Limited, RuntimeError, Session, Tensor},
    },
};
use std::{sync::Arc, time::Duration};

/// How long a model may take to start with, and for each row: others wait for it.
const PATIENCE: Duration = Duration::from_secs(10);
const PATIENCE_PER_ROW: Duration = Duration::from_millis(250);

/// Somebody's model, as it is, and what the days of calibration taught of it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::forecast) struct Own {
    pub bytes: Arc<[u8]>,
    pub manifest: Manifest,
    /// Where the columns that it reads are among all.
    places: Vec<usize>,
    /// By level, in units of the scale: what is added to what the model says.
    residuals: [f32; LEVELS.len()],
}

impl Own {
    /// Takes a file and what is said of it, before anything was learnt of it; `names` are those of all columns.
    pub fn new(bytes: Arc<[u8]>, manifest: Manifest, names: &[String]) -> Result<Self, Error> {
        foreign::check(&bytes)?;
        if File::decode(&bytes)?.is_forecaster() {
            return Err(Refused::Forecaster.into());
        }
        manifest.check(names)?;
        let place = |column: &String| names.iter().position(|name| name == column);
        let places = manifest.columns.iter().filter_map(place).collect();
        Ok(Self { bytes, manifest, places, residuals: [0.0; LEVELS.len()] })
    }

    #[must_use]
    pub fn with_residuals(self, residuals: [f32; LEVELS.len()]) -> Self {
        Self { residuals, ..self }
    }

    pub fn residuals(&self) -> &[f32] {
        &self.residuals
    }

    pub fn layouts(&self) -> Vec<Layout> {
        vec![self.manifest.layout]
    }

    /// Of all columns those that it reads, as they are.
    pub fn columns(&self, names: &[String]) -> Columns {
        Columns::raw(names, &self.manifest.columns)
    }

    /// By row: the quantiles at [`LEVELS`] in units of the scale; not finite where the model's numbers are not.
    pub fn read(&self, session: &Session, inputs: &Inputs) -> Result<Matrix, RuntimeError> {
        let values = self.select(inputs);
        let length = (values.len() / inputs.rows.max(1)).max(1);
        // Some graphs take a row at a time.
        let is_single = session.inputs().iter().any(|port| port.shape.first() == Some(&Some(1)));
        let at_once = if is_single { 1 } else { inputs.rows.max(1) };
        let mut quantiles = Vec::with_capacity(inputs.rows * LEVELS.len());
        let rows = u32::try_from(inputs.rows).unwrap_or(u32::MAX);
        let said = session.within(PATIENCE + PATIENCE_PER_ROW * rows, |session| {
            let all = values.chunks(length * at_once);
            all.map(|rows| self.run(session, rows, rows.len() / length)).collect::<Result<Vec<_>, _>>()
        });
        let said = said?.concat();
        for (said, scale) in said.chunks_exact(self.manifest.numbers()).zip(&inputs.scales) {
            quantiles.extend(self.quantiles(said, *scale));
        }
        Ok(Matrix::new(LEVELS.len(), quantiles).expect("whole rows"))
    }

    fn quantiles(&self, said: &[f32], scale: f64) -> [f32; LEVELS.len()] {
        let scaled = |said: &f32| self.manifest.target.simple(f64::from(*said)) / scale;
        let mut said: Vec<f64> = said.iter().map(scaled).collect();
        said.sort_by(f64::total_cmp);
        let spread = self.manifest.spread(&said);
        #[expect(clippy::cast_possible_truncation, reason = "models are kept in single precision")]
        std::array::from_fn(|place| spread[place] as f32 + self.residuals[place])
    }

    /// What is said of so many rows, number by number.
    fn run(&self, session: &Limited<'_>, values: &[f32], rows: usize) -> Result<Vec<f32>, RuntimeError> {
        let Manifest { input, output, layout, .. } = &self.manifest;
        let shape = match layout {
            Layout::Day => vec![rows, self.places.len()],
            Layout::Sequence => vec![rows, feature::LENGTH, self.places.len()],
        };
        let (found, said) = session.run(vec![(input, Tensor::Floats(shape, values.to_vec()))], output)?;
        let numbers = self.manifest.numbers();
        if found == [rows, numbers] || (numbers == 1 && found == [rows]) {
            return Ok(said);
        }
        Err(RuntimeError::Run(format!("it gave {found:?} numbers instead of {:?}", [rows, numbers])))
    }

    /// The columns that it reads, in its order.
    fn select(&self, inputs: &Inputs) -> Vec<f32> {
        let values = match self.manifest.layout {
            Layout::Day => &inputs.days,
            Layout::Sequence => &inputs.sequences,
        };
        let days = values.chunks_exact(inputs.columns);
        days.flat_map(|day| self.places.iter().map(|place| day[*place])).collect()
    }
}
