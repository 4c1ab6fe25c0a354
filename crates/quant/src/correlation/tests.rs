use proptest::prelude::*;

use super::*;

/// Expected coefficient, p-value and interval.
struct Expected(f64, f64, f64, f64);

#[track_caller]
fn check(pairs: &[(f64, f64)], expected: &Expected) {
    let Expected(r, p_value, low, high) = *expected;
    let actual = pearson(pairs);
    let estimate = actual.estimate.expect("both series vary");
    let interval = estimate.interval.expect("more than three pairs");
    assert_eq!(actual.n, pairs.len());
    assert!((estimate.r - r).abs() < 1e-14, "r {}", estimate.r);
    // Near |r| = 1 half of the digits of 1 - r² remain, hence the margin.
    assert!((estimate.p_value / p_value - 1.0).abs() < 1e-8, "p {}", estimate.p_value);
    assert!((interval.low - low).abs() < 1e-13 && (interval.high - high).abs() < 1e-13, "{interval:?}");
}

#[test]
fn anscombes_quartet() {
    // scipy 1.17.1 pearsonr and its confidence_interval.
    let [one, two, three, four] = anscombe();
    let pearsonr = |r, p_value, low, high| Expected(r, p_value, low, high);
    check(
        &one,
        &pearsonr(
            0.816_420_516_344_839_5,
            0.002_169_628_873_078_815_2,
            0.424_391_213_393_215_2,
            0.950_693_253_786_560_4,
        ),
    );
    check(
        &two,
        &pearsonr(
            0.816_236_506_000_242_4,
            0.002_178_816_236_910_809,
            0.423_938_873_953_987_6,
            0.950_640_173_995_772_4,
        ),
    );
    check(
        &three,
        &pearsonr(
            0.816_286_739_489_598_1,
            0.002_176_305_279_228_031_3,
            0.424_062_339_921_773_95,
            0.950_654_665_174_249_3,
        ),
    );
    check(
        &four,
        &pearsonr(
            0.816_521_436_888_502_8,
            0.002_164_602_347_197_224,
            0.424_639_382_244_512_7,
            0.950_722_362_078_141_8,
        ),
    );
}

#[test]
fn long_and_short_series() {
    // scipy 1.17.1 pearsonr.
    let few = [(1.0, 4.0), (2.0, 3.0), (3.0, 1.0), (4.0, 2.0)];
    check(&few, &Expected(-0.8, 0.2, -0.995_600_250_466_585_6, 0.696_953_445_299_322_5));
    let x = |i: u32| f64::from(i * 37 % 101);
    let noise = |i: u32| f64::from(i * i % 997);
    let strong: Vec<_> = (0..5000).map(|i| (x(i), x(i) + noise(i))).collect();
    check(
        &strong,
        &Expected(
            0.100_854_526_579_929_85,
            8.808_981_435_513_894e-13,
            0.073_340_264_888_891_88,
            0.128_215_378_516_270_16,
        ),
    );
    let weak: Vec<_> = (0..5000).map(|i| (x(i), noise(i))).collect();
    check(
        &weak,
        &Expected(
            0.001_853_753_819_797_421_2,
            0.895_737_709_319_962_2,
            -0.025_866_868_263_718_475,
            0.029_571_527_215_490_945,
        ),
    );
}

#[test]
fn a_coefficient_next_to_one_keeps_the_digits_of_its_p_value() {
    // The closed formula in 60 digits, by mpmath 1.3; the series are exact in binary.
    let lifted = (1..=10).map(f64::from).map(|x| (x, if x > 9.0 { x + 2.0_f64.powi(-20) } else { x }));
    let expected = Expected(
        0.999_999_999_999_996_3,
        7.413_137_211_020_761e-58,
        0.999_999_999_999_984_1,
        0.999_999_999_999_999_2,
    );
    check(&lifted.collect::<Vec<_>>(), &expected);
    let zigzag = (0..50).map(|i| (f64::from(i), f64::from(i) + if i % 2 == 0 { 1.0 } else { -1.0 } / 1024.0));
    let expected = Expected(
        0.999_999_997_713_003_9,
        8.056_531_760_975_515e-202,
        0.999_999_995_948_774_2,
        0.999_999_998_708_946,
    );
    check(&zigzag.collect::<Vec<_>>(), &expected);
}

#[test]
fn a_perfect_correlation_is_certain() {
    let pairs = [(1.0, 2.0), (2.0, 4.0), (3.0, 6.0), (4.0, 8.0)];
    let interval = Some(Interval { low: 1.0, high: 1.0 });
    assert_eq!(pearson(&pairs).estimate, Some(Estimate { r: 1.0, p_value: 0.0, interval }));
    let interval = Some(Interval { low: -1.0, high: -1.0 });
    let mirrored = pairs.map(|(x, y)| (x, -y));
    assert_eq!(pearson(&mirrored).estimate, Some(Estimate { r: -1.0, p_value: 0.0, interval }));
}

#[test]
fn three_pairs_have_no_interval() {
    // scipy 1.17.1 pearsonr.
    let Correlation { n: 3, estimate: Some(estimate) } = pearson(&[(1.0, 1.0), (2.0, 3.0), (3.0, 2.0)])
    else {
        panic!("three pairs have an estimate")
    };
    assert!((estimate.r - 0.5).abs() < 1e-15 && (estimate.p_value - 2.0 / 3.0).abs() < 1e-14);
    assert_eq!(estimate.interval, None);
}

#[test]
fn too_few_pairs_and_constant_series_have_no_estimate() {
    assert_eq!(pearson(&[]), Correlation { n: 0, estimate: None });
    assert_eq!(pearson(&[(1.0, 2.0), (2.0, 1.0)]), Correlation { n: 2, estimate: None });
    // The mean of three times 0.1 is not 0.1: only an exact comparison sees the constant.
    assert_eq!(pearson(&[(0.1, 1.0), (0.1, 2.0), (0.1, 3.0)]), Correlation { n: 3, estimate: None });
    assert_eq!(pearson(&[(1.0, 0.1), (2.0, 0.1), (3.0, 0.1)]), Correlation { n: 3, estimate: None });
}

#[test]
fn pairs_that_are_not_finite_are_ignored() {
    let pairs = [(1.0, 2.0), (f64::NAN, 9.0), (2.0, 4.0), (7.0, f64::INFINITY), (3.0, 6.0)];
    assert_eq!(pearson(&pairs), pearson(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]));
}

#[test]
fn a_leading_series_is_found_at_its_lag() {
    let x: Vec<_> = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0].map(Some).to_vec();
    // y repeats x two positions later.
    let y: Vec<_> = std::iter::repeat_n(None, 2).chain(x.iter().copied()).take(x.len()).collect();
    let at = |lag| lagged(&x, &y, lag);
    assert_eq!(at(2).n, 6);
    assert_eq!(at(2).estimate.map(|estimate| (estimate.r, estimate.p_value)), Some((1.0, 0.0)));
    assert!(at(0).estimate.is_some_and(|estimate| estimate.r < 0.9));
    assert_eq!(lagged(&y, &x, -2), at(2));
}

#[test]
fn a_lag_uses_only_positions_where_both_exist() {
    let x = [Some(1.0), None, Some(3.0), Some(4.0), Some(9.0)];
    let y = [Some(2.0), Some(5.0), None, Some(1.0)];
    assert_eq!(lagged(&x, &y, 0).n, 2);
    assert_eq!(lagged(&x, &y, 1).n, 2);
    assert_eq!(lagged(&x, &y, -1), pearson(&[(3.0, 5.0), (9.0, 1.0)]));
    for lag in [4, -5, isize::MAX, isize::MIN] {
        assert_eq!(lagged(&x, &y, lag).n, 0);
    }
}

#[test]
fn extreme_magnitudes_neither_overflow_nor_vanish() {
    for scale in [1e-200, 1e200] {
        let pairs = anscombe()[0].iter().map(|(x, y)| (x * scale, y * scale)).collect::<Vec<_>>();
        assert!(
            pearson(&pairs)
                .estimate
                .is_some_and(|estimate| (estimate.r - 0.816_420_516_344_839_5).abs() < 1e-14)
        );
    }
}

fn pairs() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((-1e3..1e3_f64, -1e3..1e3_f64), 4..60)
}

fn estimate_of(pairs: impl IntoIterator<Item = (f64, f64)>) -> Estimate {
    pearson(&pairs.into_iter().collect::<Vec<_>>()).estimate.expect("both series vary")
}

#[test]
fn p_values_of_extreme_sizes() {
    // scipy 1.17.1 special.betainc; a million degrees of freedom strain the continued fraction.
    for (n, r, expected) in [
        (1_000_000, 0.001, 0.317_310_991_771_206_3),
        (1_000_000, 0.002, 0.045_500_317_887_183_17),
        (1_000_000, 0.01, 1.520_319_804_001_171_8e-23),
        (1_000_000, 0.0001, 0.920_344_424_286_201_8),
        (10_000, 0.02, 0.045_505_662_655_088_014),
        (3, 0.9999, 0.009_003_238_189_618_389),
    ] {
        let p_value = two_sided_p(n, (1.0 - r) * (1.0 + r)).expect("n above two");
        assert!((p_value / expected - 1.0_f64).abs() < 1e-7, "{n} {r}: {p_value}");
    }
}

proptest! {
    #[test]
    fn estimates_stay_within_their_bounds(pairs in pairs()) {
        let Estimate { r, p_value, interval } = estimate_of(pairs);
        let Interval { low, high } = interval.expect("more than three pairs");
        prop_assert!((-1.0..=1.0).contains(&r) && (0.0..=1.0).contains(&p_value));
        prop_assert!((-1.0..=1.0).contains(&low) && low <= r && r <= high && high <= 1.0);
    }

    #[test]
    fn the_two_series_may_change_places(pairs in pairs()) {
        prop_assert_eq!(estimate_of(pairs.iter().copied()), estimate_of(pairs.iter().map(|(x, y)| (*y, *x))));
    }

    #[test]
    fn units_and_origins_do_not_matter(pairs in pairs(), (scale, shift) in (0.01..100.0_f64, -1e3..1e3_f64)) {
        let estimate = estimate_of(pairs.iter().copied());
        let rescaled = estimate_of(pairs.iter().map(|(x, y)| (x * scale + shift, y * scale - shift)));
        prop_assert!((rescaled.r - estimate.r).abs() < 1e-9);
        let mirrored = estimate_of(pairs.iter().map(|(x, y)| (x * -scale, *y)));
        prop_assert!((mirrored.r + estimate.r).abs() < 1e-9);
        prop_assert!((mirrored.p_value - estimate.p_value).abs() < 1e-6);
    }

    #[test]
    fn any_floats_are_survived(pairs in prop::collection::vec(any::<(f64, f64)>(), 0..20)) {
        if let Some(estimate) = pearson(&pairs).estimate {
            prop_assert!(estimate.r.abs() <= 1.0 && (0.0..=1.0).contains(&estimate.p_value));
        }
    }
}
