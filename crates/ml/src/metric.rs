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

    /// By true class, then answer.
    pub fn of<const CLASSES: usize>(counts: &[[u64; CLASSES]; CLASSES]) -> Self {
        Self { classes: CLASSES, counts: counts.iter().flatten().copied().collect() }
    }

    pub fn add(&mut self, truth: usize, answer: usize) {
        self.counts[truth * self.classes + answer] += 1;
    }

    /// How often `truth` was answered with `answer`.
    pub fn count(&self, truth: usize, answer: usize) -> u64 {
        self.counts[truth * self.classes + answer]
    }

    /// How many of `class` there are.
    pub fn support(&self, class: usize) -> u64 {
        (0..self.classes).map(|answer| self.count(class, answer)).sum()
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
        let there = self.support(class);
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

    /// The standard error of the macro-F1, had the rows been drawn anew; `None` without any row.
    ///
    /// By the delta method on the multinomial shares p of the cells: √(Σ pᵢⱼ gᵢⱼ² / n), where g is the gradient of the
    /// macro-F1. With Dᵢ = pᵢ. + p.ᵢ it is 2 (1 − F1ᵢ) / Dᵢ for a right answer, and −F1ᵢ / Dᵢ − F1ⱼ / Dⱼ for a wrong one, over the
    /// number of classes. Source: Takahashi, Yamamoto, Kuchiba and Koyama (2022), "Confidence interval for micro-averaged F1
    /// and macro-averaged F1 scores".
    pub fn macro_f1_error(&self) -> Option<f64> {
        let rows = self.total() as f64;
        let scores: Vec<f64> = (0..self.classes).map(|class| self.f1(class).unwrap_or(0.0)).collect();
        let there = (0..self.classes).filter(|class| self.f1(*class).is_some()).count() as f64;
        // Of a class that neither is there nor was answered no cell counts.
        let doubled = |class: usize| {
            let answered: u64 = (0..self.classes).map(|truth| self.count(truth, class)).sum();
            (self.support(class) + answered).max(1) as f64 / rows
        };
        let gradient = |truth: usize, answer: usize| {
            if truth == answer {
                2.0 * (1.0 - scores[truth]) / doubled(truth)
            } else {
                -scores[truth] / doubled(truth) - scores[answer] / doubled(answer)
            }
        };
        let cells = (0..self.classes).flat_map(|truth| (0..self.classes).map(move |answer| (truth, answer)));
        let squares = cells.map(|(truth, answer)| {
            self.count(truth, answer) as f64 / rows * (gradient(truth, answer) / there).powi(2)
        });
        (rows > 0.0).then(|| (squares.sum::<f64>() / rows).sqrt())
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
        assert_eq!(confusion, Confusion::of(&counts));
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

    /// Of two classes with the same errors either way, F1 is the accuracy, and its error the binomial one.
    #[test]
    fn the_error_of_macro_f1_is_binomial_where_the_classes_are_alike() {
        for (right, wrong) in [(50, 50), (80, 20), (99, 1)] {
            let found = Confusion::of(&[[right, wrong], [wrong, right]]);
            let share = right as f64 / (right + wrong) as f64;
            near(found.macro_f1(), share);
            near(found.macro_f1_error(), (share * (1.0 - share) / (2 * (right + wrong)) as f64).sqrt());
        }
        near(confusion([[9, 0, 0], [0, 7, 0], [0, 0, 3]]).macro_f1_error(), 0.0);
        assert_eq!(Confusion::new(3).macro_f1_error(), None);
    }

    /// Efron's jackknife, which leaves out each row in turn, comes to the same but for a part in the number of rows.
    #[test]
    fn the_error_of_macro_f1_agrees_with_the_jackknife() {
        let counts = [[410, 130, 60], [70, 520, 90], [20, 180, 520]];
        let rows = counts.iter().flatten().sum::<u64>() as f64;
        let mut left_out = Vec::new();
        for (truth, answer) in (0..3).flat_map(|truth| (0..3).map(move |answer| (truth, answer))) {
            let mut fewer = counts;
            fewer[truth][answer] -= 1;
            left_out.push((counts[truth][answer] as f64, Confusion::of(&fewer).macro_f1().unwrap()));
        }
        let mean = left_out.iter().map(|(times, score)| times * score).sum::<f64>() / rows;
        let squares = left_out.iter().map(|(times, score)| times * (score - mean).powi(2)).sum::<f64>();
        let jackknife = ((rows - 1.0) / rows * squares).sqrt();
        let found = confusion(counts).macro_f1_error().unwrap();
        assert!((found / jackknife - 1.0).abs() < 2e-3, "{found} is not {jackknife}");
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
