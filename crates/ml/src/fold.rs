//! Rows held out in turn.

use crate::random::splitmix;
use std::ops::Range;

/// Which of `folds` each row belongs to: each class is spread evenly over them, by chance that the `seed` decides.
pub fn stratified(labels: &[usize], folds: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by_key(|index| (labels[*index], splitmix(seed ^ splitmix(*index as u64)), *index));
    let mut found = vec![0; labels.len()];
    for (rank, index) in order.into_iter().enumerate() {
        found[index] = rank % folds;
    }
    found
}

/// Days to train on, then days to validate on, then days to test on; the days between them belong to none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    pub training: Range<usize>,
    pub validation: Range<usize>,
    pub test: Range<usize>,
}

impl Walk {
    /// The same for a model that is there already: all days before the test are for validation.
    #[must_use]
    pub fn without_training(self) -> Self {
        let start = self.training.start;
        Self { training: start..start, validation: start..self.validation.end.max(start), ..self }
    }
}

/// Trading days.
const YEAR: usize = 250;

/// How to walk through `days` that are numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    pub days: usize,
    /// The first day to test on; the days before it are for training and validation.
    pub first_test: usize,
    pub folds: usize,
    /// How many days later an answer is known: rows so near to what comes after them are purged.
    pub horizon: usize,
    /// How many days more are left out, for what lingers.
    pub embargo: usize,
}

impl Course {
    /// One walk for each fold: tests follow each other, and each trains on all that came before it.
    ///
    /// Validation is the last fifth of what came before the test, at most a year's 250 days: older ones tell little of now
    /// and are missed in training. A row of the last day of training has its answer before the first day of validation, and
    /// so on; a fold for which that leaves nothing has empty ranges. Source: López de Prado (2018), "Advances in Financial
    /// Machine Learning", chapter 7, for purging and embargo.
    pub fn walk_forward(&self) -> Vec<Walk> {
        let length = self.days.saturating_sub(self.first_test);
        let border = |fold: usize| self.first_test.min(self.days) + length * fold / self.folds.max(1);
        (0..self.folds).map(|fold| self.walk(border(fold)..border(fold + 1))).collect()
    }

    /// What comes before a test that may be empty.
    pub fn walk(&self, test: Range<usize>) -> Walk {
        let gap = self.horizon + self.embargo;
        let end = test.start.saturating_sub(gap);
        let start = end.saturating_sub((test.start / 5).min(YEAR));
        Walk { training: 0..start.saturating_sub(gap), validation: start..end, test }
    }
}

#[cfg(test)]
mod tests {
    use super::{Course, stratified};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_answer_is_known_before_the_next_part_begins(
            (days, first_test, folds) in (0..800_usize, 0..800_usize, 1..12_usize),
            (horizon, embargo) in (1..21_usize, 0..10_usize),
        ) {
            let course = Course { days, first_test, folds, horizon, embargo };
            let walks = course.walk_forward();
            for walk in &walks {
                for (before, after) in [(&walk.training, &walk.validation), (&walk.validation, &walk.test)] {
                    // The last row's answer, and the embargo after it, come before the next part's first row.
                    let is_apart = before.is_empty() || before.end - 1 + horizon + embargo < after.start;
                    prop_assert!(is_apart, "{walk:?}");
                }
                prop_assert!(walk.training.start == 0 && walk.test.end <= days.max(walk.test.start));
            }
            for walk in walks.iter().cloned() {
                let (bare, end) = (walk.clone().without_training(), walk.validation.end);
                prop_assert_eq!((bare.training, bare.validation, bare.test), (0..0, 0..end, walk.test));
            }
            let tested: usize = walks.iter().map(|walk| walk.test.len()).sum();
            prop_assert_eq!(tested, days.saturating_sub(first_test));
            prop_assert!(walks.windows(2).all(|pair| pair[0].test.end == pair[1].test.start));
        }
    }

    #[test]
    fn every_fold_has_its_share_of_every_class() {
        let labels: Vec<usize> = (0..1000).map(|index| usize::from(index % 10 == 0)).collect();
        let folds = stratified(&labels, 5, 1);
        for fold in 0..5 {
            let of =
                |class| (0..1000).filter(|index| folds[*index] == fold && labels[*index] == class).count();
            assert_eq!((of(0), of(1)), (180, 20));
        }
        assert_eq!(folds, stratified(&labels, 5, 1));
        assert_ne!(folds, stratified(&labels, 5, 2));
    }
}
