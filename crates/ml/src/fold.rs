//! Rows held out in turn.

/// Which of `folds` each row belongs to: each class is spread evenly over them, by chance that the `seed` decides.
pub fn stratified(labels: &[usize], folds: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by_key(|index| (labels[*index], mix(seed ^ mix(*index as u64)), *index));
    let mut found = vec![0; labels.len()];
    for (rank, index) in order.into_iter().enumerate() {
        found[index] = rank % folds;
    }
    found
}

/// SplitMix64's finaliser: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators".
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::{mix, stratified};

    /// The first numbers of the generator with seed 0, as its authors publish them.
    #[test]
    fn mixes_as_splitmix64_does() {
        let golden = 0x9e37_79b9_7f4a_7c15_u64;
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(mix(golden), 0x6e78_9e6a_a1b9_65f4);
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
