//! Multinomial logistic regression over sparse rows.

use crate::{
    lbfgs::{Patience, minimise},
    sparse::{Row, Rows},
};

const PATIENCE: Patience = Patience { iterations: 300, tolerance: 1e-7 };

/// A linear model with a probability for each class.
#[derive(Clone, Debug, PartialEq)]
pub struct Softmax {
    classes: usize,
    /// By column, then class.
    weights: Vec<f32>,
    bias: Vec<f32>,
    /// What the logits are divided by; 1 until it is calibrated.
    temperature: f32,
}

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Training<'prior> {
    pub columns: usize,
    pub classes: usize,
    /// The weight of ½‖w‖² beside the mean loss; the bias is free.
    pub penalty: f64,
    /// 0 takes rows as they are, 1 gives each class the same say, however rare it is.
    pub balance: f64,
    /// How far each weight is expected from zero, by column, then class: the penalty is on their quotient. 0 keeps a
    /// weight at zero; `None` expects the same of all.
    pub prior: Option<&'prior [f32]>,
}

impl Softmax {
    /// Puts a model together; `None` if the sizes do not fit each other or a number is not finite.
    pub fn new(weights: Vec<f32>, bias: Vec<f32>, temperature: f32) -> Option<Self> {
        let classes = bias.len();
        let fits = classes > 1 && !weights.is_empty() && weights.len().is_multiple_of(classes);
        let finite = weights.iter().chain(&bias).all(|value| value.is_finite());
        let sound = fits && finite && temperature.is_finite() && temperature > 0.0;
        sound.then_some(Self { classes, weights, bias, temperature })
    }

    /// Fits rows to their classes by penalised maximum likelihood.
    ///
    /// A class without rows gets a probability near zero. No rows at all give equal probabilities.
    pub fn train(rows: &Rows, labels: &[usize], training: &Training<'_>) -> Self {
        let classes = training.classes;
        // A column that never comes up keeps the weight zero, whatever the penalty: most of hashed ones never do.
        let used = used(rows, training);
        let objective = Objective {
            rows: &rows.restricted(&used),
            labels,
            shares: &shares(labels, training),
            prior: &used.iter().flat_map(|column| prior(training, *column)).collect::<Vec<_>>(),
            penalty: training.penalty,
        };
        let mut point = vec![0.0; (used.len() + 1) * classes];
        minimise(&mut point, PATIENCE, |point, gradient| objective.loss(point, gradient));
        let (multiples, bias) = point.split_at(used.len() * classes);
        let mut weights = vec![0.0; training.columns * classes];
        for (column, found) in used.iter().zip(narrow(&objective.weights(multiples)).chunks_exact(classes)) {
            weights[*column as usize * classes..][..classes].copy_from_slice(found);
        }
        Self { classes, weights, bias: narrow(bias), temperature: 1.0 }
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    pub fn columns(&self) -> usize {
        self.weights.len() / self.classes
    }

    /// By column, then class.
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    pub fn bias(&self) -> &[f32] {
        &self.bias
    }

    pub fn temperature(&self) -> f32 {
        self.temperature
    }

    /// The same model, less sure of itself by the factor `temperature`.
    #[must_use]
    pub fn with_temperature(mut self, temperature: f32) -> Self {
        self.temperature = temperature;
        self
    }

    /// Logarithms of the odds of each class, before the temperature.
    pub fn logits(&self, row: Row<'_>) -> Vec<f32> {
        let mut logits = self.bias.clone();
        for (column, value) in row.entries() {
            let from = column as usize * self.classes;
            for (logit, weight) in logits.iter_mut().zip(&self.weights[from..from + self.classes]) {
                *logit += weight * value;
            }
        }
        logits
    }

    /// The probability of each class; they sum to 1.
    pub fn probabilities(&self, row: Row<'_>) -> Vec<f64> {
        let mut values: Vec<f64> =
            self.logits(row).into_iter().map(|logit| f64::from(logit / self.temperature)).collect();
        to_probabilities(&mut values);
        values
    }
}

/// What training makes small, over weights as multiples of what was expected of them, and the bias behind them.
struct Objective<'data> {
    rows: &'data Rows,
    labels: &'data [usize],
    shares: &'data [f64],
    prior: &'data [f64],
    penalty: f64,
}

impl Objective<'_> {
    fn weights(&self, multiples: &[f64]) -> Vec<f64> {
        multiples.iter().zip(self.prior).map(|(multiple, prior)| multiple * prior).collect()
    }

    fn loss(&self, point: &[f64], gradient: &mut [f64]) -> f64 {
        let (multiples, bias) = point.split_at(self.prior.len());
        gradient.fill(0.0);
        let loss = self.mean_loss(&self.weights(multiples), bias, gradient);
        for ((to, multiple), prior) in gradient.iter_mut().zip(multiples).zip(self.prior) {
            *to = *to * prior + self.penalty * multiple;
        }
        let square: f64 = multiples.iter().map(|multiple| multiple * multiple).sum();
        loss + self.penalty * square / 2.0
    }

    /// The rows' part of the loss, whose gradient over the weights themselves is added.
    fn mean_loss(&self, weights: &[f64], bias: &[f64], gradient: &mut [f64]) -> f64 {
        let mut loss = 0.0;
        let mut logits = vec![0.0; bias.len()];
        for ((row, label), share) in self.rows.iter().zip(self.labels).zip(self.shares) {
            logits.copy_from_slice(bias);
            for (column, value) in row.entries() {
                let from = column as usize * bias.len();
                for (logit, weight) in logits.iter_mut().zip(&weights[from..from + bias.len()]) {
                    *logit += weight * f64::from(value);
                }
            }
            to_probabilities(&mut logits);
            loss -= share * logarithm(logits[*label]);
            logits[*label] -= 1.0;
            for error in &mut logits {
                *error *= share;
            }
            spread(row, &logits, gradient, weights.len());
        }
        loss
    }
}

/// Turns logits into probabilities.
pub(crate) fn to_probabilities(logits: &mut [f64]) {
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for logit in logits.iter_mut() {
        *logit = (*logit - most).exp();
        sum += *logit;
    }
    for logit in logits.iter_mut() {
        *logit /= sum;
    }
}

/// The logarithm of a probability, of which the least is not quite zero.
pub(crate) fn logarithm(probability: f64) -> f64 {
    probability.max(1e-300).ln()
}

/// Adds a row's part to the gradient, in which the biases stand from `bias` on.
fn spread(row: Row<'_>, errors: &[f64], gradient: &mut [f64], bias: usize) {
    let classes = errors.len();
    for (column, value) in row.entries() {
        let from = column as usize * classes;
        for (to, error) in gradient[from..from + classes].iter_mut().zip(errors) {
            *to += error * f64::from(value);
        }
    }
    for (to, error) in gradient[bias..].iter_mut().zip(errors) {
        *to += error;
    }
}

/// The columns that come up and may have a weight, in their order.
fn used(rows: &Rows, training: &Training<'_>) -> Vec<u32> {
    let mut used: Vec<u32> = rows.iter().flat_map(|row| row.columns).copied().collect();
    used.sort_unstable();
    used.dedup();
    used.retain(|column| prior(training, *column).any(|prior| prior != 0.0));
    used
}

/// What is expected of the weights of a column.
fn prior(training: &Training<'_>, column: u32) -> impl Iterator<Item = f64> {
    let from = column as usize * training.classes;
    (from..from + training.classes).map(|at| training.prior.map_or(1.0, |prior| f64::from(prior[at])))
}

/// What each row counts; together 1.
fn shares(labels: &[usize], training: &Training<'_>) -> Vec<f64> {
    let mut counts = vec![0_usize; training.classes];
    for label in labels {
        counts[*label] += 1;
    }
    let weight = |label: &usize| (counts[*label] as f64).powf(-training.balance);
    let total: f64 = labels.iter().map(weight).sum();
    labels.iter().map(|label| weight(label) / total).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "weights are small, and kept in single precision")]
fn narrow(values: &[f64]) -> Vec<f32> {
    values.iter().map(|value| *value as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::{Softmax, Training};
    use crate::sparse::Rows;

    fn rows(values: &[f32]) -> Rows {
        let mut rows = Rows::new();
        for value in values {
            rows.push([(0, *value)]);
        }
        rows
    }

    const TRAINING: Training<'_> =
        Training { columns: 1, classes: 2, penalty: 0.0, balance: 0.0, prior: None };

    /// Two values and four outcomes: the likelihood is greatest where the probabilities are the shares.
    #[test]
    fn without_penalty_probabilities_are_shares() {
        let values: Vec<f32> = (0..40).map(|index| f32::from(u8::from(index >= 20))).collect();
        let labels: Vec<usize> =
            (0..40).map(|index| usize::from(index % 20 < if index < 20 { 5 } else { 15 })).collect();
        let model = Softmax::train(&rows(&values), &labels, &TRAINING);
        let test = rows(&[0.0, 1.0]);
        assert!((model.probabilities(test.row(0))[1] - 0.25).abs() < 1e-3);
        assert!((model.probabilities(test.row(1))[1] - 0.75).abs() < 1e-3);
    }

    #[test]
    fn balance_gives_rare_classes_the_same_say() {
        let labels: Vec<usize> = (0..100).map(|index| usize::from(index < 10)).collect();
        let rows = rows(&[0.0; 100]);
        let as_they_are = Softmax::train(&rows, &labels, &TRAINING);
        assert!((as_they_are.probabilities(rows.row(0))[1] - 0.1).abs() < 1e-3);
        let balanced = Softmax::train(&rows, &labels, &Training { balance: 1.0, ..TRAINING });
        assert!((balanced.probabilities(rows.row(0))[1] - 0.5).abs() < 1e-3);
    }

    #[test]
    fn nothing_to_learn_from_gives_equal_chances() {
        let model = Softmax::train(&Rows::new(), &[], &TRAINING);
        assert_eq!(model.probabilities(rows(&[1.0]).row(0)), [0.5, 0.5]);
    }

    #[test]
    fn a_penalty_keeps_separable_rows_finite() {
        let training = Training { penalty: 0.01, ..TRAINING };
        let model = Softmax::train(&rows(&[-1.0, 1.0]), &[0, 1], &training);
        let weight = model.weights()[1] - model.weights()[0];
        assert!(weight > 0.5 && weight < 20.0, "{weight}");
    }

    #[test]
    fn a_weight_of_which_more_is_expected_costs_less() {
        let rows = rows(&[-1.0, 1.0]);
        let train = |penalty, prior: &[f32]| {
            Softmax::train(&rows, &[0, 1], &Training { penalty, prior: Some(prior), ..TRAINING }).weights()[1]
        };
        // Twice the prior is a quarter of the penalty.
        assert!((train(0.04, &[2.0, 2.0]) - train(0.01, &[1.0, 1.0])).abs() < 1e-3);
        assert!(train(0.04, &[0.0, 0.0]).abs() < f32::EPSILON);
    }
}
