//! What models read of a panel, by what the rows of training were like.

use super::{
    Series,
    panel::{Panel, Row},
    reading::{Reading, readings},
    scale::{Moves, Scale},
};
use crate::{
    feature::{self, Gaps},
    matrix::Matrix,
};
use serde::{Deserialize, Serialize};

/// How much of a stock's past a model reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// A day.
    Day,
    /// The days of a sequence.
    Sequence,
}

impl Layout {
    pub const ALL: [Self; 2] = [Self::Day, Self::Sequence];

    /// What the layout is called in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Sequence => "sequence",
        }
    }
}

/// What models read of rows, in the layouts that are wanted.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    pub rows: usize,
    pub columns: usize,
    /// By row: what its return is divided by.
    pub scales: Vec<f64>,
    /// Rows × columns, NaN where a number is missing; empty if no model reads a day.
    pub days: Vec<f32>,
    /// Rows × days × columns, the last running fastest, without gaps; empty if no model reads sequences.
    pub sequences: Vec<f32>,
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
        Self::of(names.iter().map(|name| Reading::of(name)).collect())
    }

    /// Those that are `read` as they are, and no others.
    pub fn raw(names: &[String], read: &[String]) -> Self {
        let reading = |name| if read.contains(name) { Reading::Plain } else { Reading::Unread };
        Self::of(names.iter().map(reading).collect())
    }

    fn of(readings: Vec<Reading>) -> Self {
        let zeros = vec![0.0; readings.len()];
        Self { readings, means: zeros.clone(), known: zeros }
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

/// A panel as models read it.
pub(super) struct View {
    pub columns: Columns,
    /// By series and row.
    pub scales: Vec<Vec<Option<f64>>>,
    /// By series: rows as they are read, NaN where a number is missing.
    pub readings: Vec<Matrix>,
    /// The same without gaps, if sequences are read.
    filled: Vec<Matrix>,
}

impl View {
    /// Learns what the columns are like from the rows of training.
    pub fn new(
        panel: &Panel<'_>,
        training: &[Row],
        scale: &Scale,
        (mut columns, layouts): (Columns, &[Layout]),
    ) -> Self {
        let scales: Vec<_> = panel.moves.iter().map(|moves| scales(moves, scale)).collect();
        let pairs = panel.series.iter().zip(&scales);
        let readings: Vec<_> =
            pairs.map(|(series, scales)| readings(series, scales, &columns.readings, 0)).collect();
        columns.learn(training, &readings);
        let has_sequences = layouts.contains(&Layout::Sequence);
        let filled = readings.iter().filter(|_| has_sequences).map(|one| columns.filled(one)).collect();
        Self { columns, scales, readings, filled }
    }

    pub fn scale(&self, row: &Row) -> f64 {
        self.scales[row.series][row.at].unwrap_or(f64::NAN)
    }

    /// What the models learn: returns in units of the scale.
    #[expect(clippy::cast_possible_truncation, reason = "models are trained in single precision")]
    pub fn targets(&self, rows: &[Row]) -> Vec<f32> {
        rows.iter().map(|row| (row.change / self.scale(row)) as f32).collect()
    }

    /// What models with these layouts read; sequences only if they were asked for from the start.
    pub fn inputs(&self, rows: &[Row], layouts: &[Layout]) -> Inputs {
        let scales = rows.iter().map(|row| self.scale(row)).collect();
        let mut inputs = Inputs::empty(self.columns.means.len(), scales);
        if layouts.contains(&Layout::Day) {
            let days = rows.iter().flat_map(|row| self.readings[row.series].row(row.at));
            inputs.days = days.copied().collect();
        }
        if layouts.contains(&Layout::Sequence) {
            let sequences = rows.iter().flat_map(|row| sequence(&self.filled[row.series], row.at));
            inputs.sequences = sequences.copied().collect();
        }
        inputs
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
    fn empty(columns: usize, scales: Vec<f64>) -> Self {
        Self { rows: scales.len(), columns, scales, days: Vec::new(), sequences: Vec::new() }
    }

    /// What is read of the last day of one series.
    pub fn of_last(series: &Series, scales: &[Option<f64>], columns: &Columns, layouts: &[Layout]) -> Self {
        let last = series.closes.len() - 1;
        let mut inputs = Self::empty(columns.means.len(), vec![scales[last].unwrap_or(f64::NAN)]);
        if layouts.contains(&Layout::Day) {
            inputs.days = readings(series, scales, &columns.readings, last).values().to_vec();
        }
        if layouts.contains(&Layout::Sequence) {
            let filled = columns.filled(&readings(series, scales, &columns.readings, 0));
            inputs.sequences = sequence(&filled, last).to_vec();
        }
        inputs
    }

    /// Several in the same layouts as one.
    pub fn joined(all: impl Iterator<Item = Self>) -> Option<Self> {
        all.reduce(|mut joined, one| {
            joined.rows += one.rows;
            joined.scales.extend(one.scales);
            joined.days.extend(one.days);
            joined.sequences.extend(one.sequences);
            joined
        })
    }

    /// How many sequences there are, how long each is, and how many columns a day has.
    pub fn shape(&self) -> [usize; 3] {
        [self.rows, feature::LENGTH, self.columns]
    }

    pub fn to_matrix(&self) -> Matrix {
        Matrix::new(self.columns, self.days.clone()).expect("whole rows")
    }
}
