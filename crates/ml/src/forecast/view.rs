//! What models read of a panel, by what the rows of training were like.

use super::{
    Kind, Series,
    panel::{Panel, Row},
    reading::{Reading, readings},
    scale::{Moves, Scale},
};
use crate::{
    feature::{self, Gaps},
    matrix::Matrix,
};

/// What a model reads at once: rows or sequences.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    /// Rows × days × columns, the last running fastest.
    pub values: Vec<f32>,
    pub shape: [usize; 3],
}

/// What stands in for numbers that are missing, and how often they are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    pub readings: Vec<Reading>,
    /// By column: the mean of what was known in training; 0 where nothing was, so that nothing follows from it.
    pub means: Vec<f32>,
    /// By column: the share of rows of training where it was known.
    pub known: Vec<f32>,
}

impl Columns {
    /// As `names` say, before anything is known.
    pub fn new(names: &[String]) -> Self {
        let readings = names.iter().map(|name| Reading::of(name)).collect();
        Self { readings, means: vec![0.0; names.len()], known: vec![0.0; names.len()] }
    }

    fn learn(&mut self, rows: &[Row], readings: &[Matrix]) {
        for column in 0..self.means.len() {
            let values = rows.iter().map(|row| readings[row.series].row(row.at)[column]);
            let (sum, count) = values
                .filter(|value| !value.is_nan())
                .fold((0.0, 0.0), |(sum, count), value| (sum + f64::from(value), count + 1.0));
            #[expect(clippy::cast_possible_truncation, reason = "models are kept in single precision")]
            let (mean, known) =
                ((sum / f64::max(count, 1.0)) as f32, (count / rows.len().max(1) as f64) as f32);
            (self.means[column], self.known[column]) = (mean, known);
        }
    }

    /// Whether so much of a row is missing that usually is there that nothing should be said: more than half.
    pub fn is_missing(&self, row: &[f32]) -> bool {
        let usual = || self.known.iter().zip(row).filter(|(known, _)| **known > 0.5);
        2 * usual().filter(|(_, value)| value.is_nan()).count() > usual().count()
    }

    /// What was known last, and before anything was, the mean of training: sequences have no gaps.
    pub fn filled(&self, readings: &Matrix) -> Matrix {
        let mut filled = feature::fill(readings, Gaps::ForwardFill).matrix;
        for row in filled.values_mut().chunks_exact_mut(self.means.len()) {
            for (value, mean) in row.iter_mut().zip(&self.means).filter(|(value, _)| value.is_nan()) {
                *value = *mean;
            }
        }
        filled
    }
}

/// A panel as a model of this kind reads it.
pub(super) struct View {
    pub columns: Columns,
    /// By series and row.
    pub scales: Vec<Vec<Option<f64>>>,
    /// By series: rows as they are read, NaN where a number is missing.
    pub readings: Vec<Matrix>,
    /// The same without gaps, for networks only.
    filled: Vec<Matrix>,
}

impl View {
    pub fn new(panel: &Panel<'_>, training: &[Row], scale: &Scale, (kind, names): (Kind, &[String])) -> Self {
        let mut columns = Columns::new(names);
        let scales: Vec<_> = panel.moves.iter().map(|moves| scales(moves, scale)).collect();
        let pairs = panel.series.iter().zip(&scales);
        let readings: Vec<_> =
            pairs.map(|(series, scales)| readings(series, scales, &columns.readings, 0)).collect();
        columns.learn(training, &readings);
        let is_network = kind != Kind::Trees;
        let filled = readings.iter().filter(|_| is_network).map(|one| columns.filled(one)).collect();
        Self { columns, scales, readings, filled }
    }

    pub fn is_of_sequences(&self) -> bool {
        !self.filled.is_empty()
    }

    pub fn scale(&self, row: &Row) -> f64 {
        self.scales[row.series][row.at].unwrap_or(f64::NAN)
    }

    /// What the models learn: returns in units of the scale.
    #[expect(clippy::cast_possible_truncation, reason = "models are trained in single precision")]
    pub fn targets(&self, rows: &[Row]) -> Vec<f32> {
        rows.iter().map(|row| (row.change / self.scale(row)) as f32).collect()
    }

    /// What the models read.
    pub fn inputs(&self, rows: &[Row]) -> Inputs {
        let columns = self.columns.means.len();
        if !self.is_of_sequences() {
            let values = rows.iter().flat_map(|row| self.readings[row.series].row(row.at)).copied().collect();
            return Inputs { values, shape: [rows.len(), 1, columns] };
        }
        let values =
            rows.iter().flat_map(|row| sequence(&self.filled[row.series], row.at)).copied().collect();
        Inputs { values, shape: [rows.len(), feature::LENGTH, columns] }
    }
}

/// The days up to the one at `at`, which has so many before it.
fn sequence(filled: &Matrix, at: usize) -> &[f32] {
    let columns = filled.columns();
    &filled.values()[(at + 1 - feature::LENGTH) * columns..(at + 1) * columns]
}

pub(super) fn scales(moves: &[Moves], scale: &Scale) -> Vec<Option<f64>> {
    moves.iter().map(|moves| scale.of(*moves)).collect()
}

impl Inputs {
    /// What is read of the last day of one series.
    pub fn of_last(series: &Series, scales: &[Option<f64>], columns: &Columns, kind: Kind) -> Self {
        let (last, width) = (series.closes.len() - 1, columns.means.len());
        if kind == Kind::Trees {
            let read = readings(series, scales, &columns.readings, last);
            return Self { values: read.values().to_vec(), shape: [1, 1, width] };
        }
        let filled = columns.filled(&readings(series, scales, &columns.readings, 0));
        Self { values: sequence(&filled, last).to_vec(), shape: [1, feature::LENGTH, width] }
    }

    /// Several of the same shape as one.
    pub fn joined(all: Vec<Self>) -> Option<Self> {
        let [_, days, columns] = all.first()?.shape;
        let shape = [all.len(), days, columns];
        Some(Self { values: all.into_iter().flat_map(|one| one.values).collect(), shape })
    }

    pub fn to_matrix(&self) -> Matrix {
        Matrix::new(self.shape[2], self.values.clone()).expect("whole rows")
    }
}
