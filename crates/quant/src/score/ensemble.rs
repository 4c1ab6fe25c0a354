//! Scores of ensembles.

/// The continuous ranked probability score of an ensemble: equally likely values, in any order. Proper.
///
/// `E|X - actual| - E|X - X'| / 2`, in the unit of the forecast: the absolute error for one member. Source: Gneiting and
/// Raftery (2007), "Strictly proper scoring rules, prediction, and estimation", equation 21.
pub fn crps_of_ensemble(members: &[f64], actual: f64) -> Option<f64> {
    let mut sorted = members.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let mut score = 0.0;
    for (rank, member) in sorted.iter().enumerate() {
        // Of the n² pairs this member is the larger of 2 · rank, and the smaller of 2 · (n - 1 - rank).
        let surplus = (2.0 * rank as f64 + 1.0 - count) / count;
        score += ((member - actual).abs() - surplus * (member - actual)) / count;
    }
    (!sorted.is_empty() && score.is_finite()).then_some(score)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ensembles_of_properscoring() {
        // properscoring 0.1 crps_ensemble.
        let members = [2.1, 3.4, 1.7, 2.9, 4.2, 2.2];
        assert!((crps_of_ensemble(&members, 2.5).unwrap() - 0.275).abs() < 1e-14);
        assert!((crps_of_ensemble(&members, 9.0).unwrap() - 5.775).abs() < 1e-14);
    }

    #[test]
    fn one_member_scores_its_absolute_error_and_none_has_no_score() {
        assert_eq!(crps_of_ensemble(&[3.0], 5.0), Some(2.0));
        assert_eq!((crps_of_ensemble(&[], 5.0), crps_of_ensemble(&[1.0, f64::NAN], 5.0)), (None, None));
        assert_eq!(crps_of_ensemble(&[1.0], f64::INFINITY), None);
    }

    proptest! {
        #[test]
        fn sorting_gives_what_all_pairs_give(
            members in prop::collection::vec(-10.0..10.0_f64, 1..20),
            actual in -15.0..15.0_f64,
        ) {
            let count = members.len() as f64;
            let error: f64 = members.iter().map(|member| (member - actual).abs()).sum();
            let pairs = members.iter().flat_map(|one| members.iter().map(move |other| (one - other).abs()));
            let expected = error / count - pairs.sum::<f64>() / (2.0 * count * count);
            prop_assert!((crps_of_ensemble(&members, actual).unwrap() - expected).abs() < 1e-12);
        }
    }
}
