//! Rows held out in turn.

use crate::random::splitmix;

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

#[cfg(test)]
mod tests {
    use super::stratified;

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
