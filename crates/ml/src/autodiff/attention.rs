//! Which days a sequence looks at, and sums over days by that.

use super::{
    choice::{softmax, softmax_back},
    tape::{Gradients, Operation, Tape, Var},
};
use crate::matrix::Matrix;

/// A query for each sequence and a key for each of its days, both in as many parts as there are heads.
#[derive(Debug)]
pub(crate) struct Attend {
    pub queries: Var,
    pub keys: Var,
    pub heads: usize,
    /// By sequence and head: the share of each day.
    shares: Matrix,
}

/// By day and sequence a share and what stands there.
#[derive(Debug)]
pub(crate) struct Pool {
    pub shares: Var,
    pub values: Var,
}

impl Tape<'_> {
    /// By day and sequence: the share that the day's key deserves by the sequence's query, the mean of all heads.
    ///
    /// Sources: Vaswani et al. (2017), "Attention is all you need"; Lim et al. (2021), "Temporal Fusion Transformers for
    /// interpretable multi-horizon time series forecasting", equations 15 and 16, for the mean.
    pub fn attend(&mut self, queries: Var, keys: Var, heads: usize) -> Var {
        let (asked, known) = (self.value(queries), self.value(keys));
        let (batch, width) = (asked.rows(), asked.columns() / heads);
        let mut shares = Matrix::zeros(batch * heads, self.days);
        let mut mean = Matrix::zeros(known.rows(), 1);
        for row in 0..batch * heads {
            let (sequence, part) = (row / heads, row % heads * width..(row % heads + 1) * width);
            let query = &asked.row(sequence)[part.clone()];
            for (day, share) in shares.row_mut(row).iter_mut().enumerate() {
                let key = &known.row(day * batch + sequence)[part.clone()];
                *share =
                    query.iter().zip(key).map(|(query, key)| query * key).sum::<f32>() * Attend::scale(width);
            }
            softmax(shares.row_mut(row));
            for (day, share) in shares.row(row).iter().enumerate() {
                mean.values_mut()[day * batch + sequence] += share / heads as f32;
            }
        }
        self.push(Operation::Attend(Attend { queries, keys, heads, shares }), mean, &[queries, keys])
    }

    /// For each sequence the sum of its days by their shares.
    pub fn pool(&mut self, shares: Var, values: Var) -> Var {
        let (factors, rows) = (self.value(shares), self.value(values));
        let batch = rows.rows() / self.days;
        let mut sums = Matrix::zeros(batch, rows.columns());
        for (row, (factor, values)) in factors.values().iter().zip(rows.iter()).enumerate() {
            let sums = sums.row_mut(row % batch).iter_mut();
            sums.zip(values).for_each(|(sum, value)| *sum += factor * value);
        }
        self.push(Operation::Pool(Pool { shares, values }), sums, &[shares, values])
    }
}

impl Attend {
    /// What products of queries and keys of some width are multiplied by, so that long ones are no larger than short ones.
    pub fn scale(width: usize) -> f32 {
        1.0 / (width as f32).sqrt()
    }

    pub(super) fn back(&self, gradient: &Matrix, gradients: &mut Gradients<'_>) {
        let (queries, keys) = (gradients.tape.value(self.queries), gradients.tape.value(self.keys));
        let (batch, width) = (queries.rows(), queries.columns() / self.heads);
        for (row, shares) in self.shares.iter().enumerate() {
            let (sequence, part) =
                (row / self.heads, row % self.heads * width..(row % self.heads + 1) * width);
            let slope = |day: usize| gradient.values()[day * batch + sequence] / self.heads as f32;
            let mut slopes: Vec<f32> = (0..shares.len()).map(slope).collect();
            softmax_back(shares, &mut slopes);
            for slope in &mut slopes {
                *slope *= Self::scale(width);
            }
            for (day, slope) in slopes.iter().enumerate() {
                let at = day * batch + sequence;
                if let Some(sums) = gradients.of(self.queries) {
                    let key = &keys.row(at)[part.clone()];
                    let sums = &mut sums.row_mut(sequence)[part.clone()];
                    sums.iter_mut().zip(key).for_each(|(sum, key)| *sum += slope * key);
                }
                if let Some(sums) = gradients.of(self.keys) {
                    let query = &queries.row(sequence)[part.clone()];
                    let sums = &mut sums.row_mut(at)[part.clone()];
                    sums.iter_mut().zip(query).for_each(|(sum, query)| *sum += slope * query);
                }
            }
        }
    }
}

impl Pool {
    pub(super) fn back(&self, gradient: &Matrix, gradients: &mut Gradients<'_>) {
        let (shares, values) = (gradients.tape.value(self.shares), gradients.tape.value(self.values));
        let batch = gradient.rows();
        if let Some(sums) = gradients.of(self.shares) {
            for (row, (sum, values)) in sums.values_mut().iter_mut().zip(values.iter()).enumerate() {
                let products = values.iter().zip(gradient.row(row % batch));
                *sum += products.map(|(value, slope)| value * slope).sum::<f32>();
            }
        }
        if let Some(sums) = gradients.of(self.values) {
            for (row, share) in shares.values().iter().enumerate() {
                let sums = sums.row_mut(row).iter_mut();
                sums.zip(gradient.row(row % batch)).for_each(|(sum, slope)| *sum += share * slope);
            }
        }
    }
}
