//! How good the answers of a classifier are.

/// How often each class was taken for which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    /// By true class, then answer.
    counts: Vec<u64>,
}

impl Confusion {
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0; classes * classes] }
    }

    pub fn add(&mut self, truth: usize, answer: usize) {
        self.counts[truth * self.classes + answer] += 1;
    }

    /// How often `truth` was answered with `answer`.
    pub fn count(&self, truth: usize, answer: usize) -> u64 {
        self.counts[truth * self.classes + answer]
    }

    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The share of right answers; `None` without any.
    pub fn accuracy(&self) -> Option<f64> {
        let right: u64 = (0..self.classes).map(|class| self.count(class, class)).sum();
        (self.total() > 0).then(|| right as f64 / self.total() as f64)
    }

    /// The share of the answers `class` that are right; `None` if it was never answered.
    pub fn precision(&self, class: usize) -> Option<f64> {
        let answered: u64 = (0..self.classes).map(|truth| self.count(truth, class)).sum();
        (answered > 0).then(|| self.count(class, class) as f64 / answered as f64)
    }

    /// The share of `class` that was found; `None` if there is none.
    pub fn recall(&self, class: usize) -> Option<f64> {
        let there: u64 = (0..self.classes).map(|answer| self.count(class, answer)).sum();
        (there > 0).then(|| self.count(class, class) as f64 / there as f64)
    }

    /// The harmonic mean of precision and recall; `None` if the class was neither there nor answered.
    pub fn f1(&self, class: usize) -> Option<f64> {
        let right = self.count(class, class) as f64;
        let wrong: u64 = (0..self.classes)
            .filter(|other| *other != class)
            .map(|other| self.count(class, other) + self.count(other, class))
            .sum();
        let both = 2.0 * right + wrong as f64;
        (both > 0.0).then(|| 2.0 * right / both)
    }

    /// The mean of the classes' F1, each counting the same; `None` without any row.
    pub fn macro_f1(&self) -> Option<f64> {
        let scores: Vec<f64> = (0..self.classes).filter_map(|class| self.f1(class)).collect();
        (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
    }
}

const BINS: usize = 15;

/// Expected calibration error: how far the confidence of answers is from the share of them that is right, on average over
/// 15 bins of confidence; `None` without any answer.
///
/// Each answer is its confidence, 0…1, and whether it was right. Source: Guo et al. (2017), "On Calibration of Modern
/// Neural Networks".
pub fn calibration_error(answers: impl IntoIterator<Item = (f64, bool)>) -> Option<f64> {
    let mut bins = [(0.0_f64, 0.0_f64); BINS];
    let mut count = 0_u64;
    for (confidence, is_right) in answers {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 15")]
        let bin = ((confidence.clamp(0.0, 1.0) * BINS as f64) as usize).min(BINS - 1);
        bins[bin].0 += confidence;
        bins[bin].1 += f64::from(u8::from(is_right));
        count += 1;
    }
    (count > 0).then(|| bins.iter().map(|(said, was)| (said - was).abs()).sum::<f64>() / count as f64)
}

#[cfg(test)]
mod tests {
    use super::{Confusion, calibration_error};

    fn confusion(counts: [[u64; 3]; 3]) -> Confusion {
        let mut confusion = Confusion::new(3);
        for (truth, answers) in counts.iter().enumerate() {
            for (answer, count) in answers.iter().enumerate() {
                (0..*count).for_each(|_| confusion.add(truth, answer));
            }
        }
        confusion
    }

    fn near(found: Option<f64>, expected: f64) {
        assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?} is not {expected}");
    }

    /// scikit-learn's user guide, `classification_report` of [0, 1, 2, 2, 0] and [0, 0, 2, 1, 0].
    #[test]
    fn agrees_with_scikit_learn() {
        let found = confusion([[2, 0, 0], [1, 0, 0], [0, 1, 1]]);
        near(found.accuracy(), 0.6);
        near(found.precision(0), 2.0 / 3.0);
        near(found.recall(0), 1.0);
        near(found.f1(0), 0.8);
        near(found.f1(1), 0.0);
        near(found.precision(2), 1.0);
        near(found.recall(2), 0.5);
        near(found.macro_f1(), (0.8 + 0.0 + 2.0 / 3.0) / 3.0);
    }

    #[test]
    fn a_class_that_never_comes_up_does_not_count() {
        near(confusion([[3, 0, 1], [0, 0, 0], [0, 0, 4]]).macro_f1(), f64::midpoint(6.0 / 7.0, 8.0 / 9.0));
        assert_eq!(Confusion::new(3).accuracy(), None);
        assert_eq!(Confusion::new(3).macro_f1(), None);
    }

    #[test]
    fn calibration_error_is_the_distance_from_what_was_said() {
        near(calibration_error((0..10).map(|index| (0.8, index < 8))), 0.0);
        near(calibration_error((0..10).map(|index| (1.0, index < 5))), 0.5);
        // Two bins: 0.9 said and 0.5 right, 0.6 said and 1.0 right.
        near(calibration_error([(0.9, true), (0.9, false), (0.6, true), (0.6, true)]), 0.4);
        assert_eq!(calibration_error([]), None);
    }
}
