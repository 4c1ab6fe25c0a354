//! Period-on-period returns of a price series.

/// Simple returns `p[i] / p[i-1] - 1`; item `i` belongs to price `i`, so the first is `None`.
///
/// Prices may be `f64` or `Option<f64>`. A return is `None` where either price is missing, not finite or not positive:
/// a gap is never bridged, as a return over two periods is not one over one.
pub fn simple<P: Copy + Into<Option<f64>>>(prices: &[P]) -> Vec<Option<f64>> {
    between_neighbours(prices, |before, now| (now - before) / before)
}

/// Log returns `ln(p[i] / p[i-1])`; item `i` belongs to price `i`, so the first is `None`.
///
/// They add up over time. Gaps and invalid prices as for [`simple`].
pub fn log<P: Copy + Into<Option<f64>>>(prices: &[P]) -> Vec<Option<f64>> {
    between_neighbours(prices, log_ratio)
}

/// The log return between two prices; `None` as in [`log`].
pub(crate) fn log_change(before: f64, now: f64) -> Option<f64> {
    let (before, now) = valid(Some(before)).zip(valid(Some(now)))?;
    Some(log_ratio(before, now)).filter(|change| change.is_finite())
}

fn log_ratio(before: f64, now: f64) -> f64 {
    let ratio: f64 = now / before;
    // Near 1 the ratio has lost the digits that the difference still has.
    if (0.5..=2.0).contains(&ratio) { ((now - before) / before).ln_1p() } else { now.ln() - before.ln() }
}

fn between_neighbours<P: Copy + Into<Option<f64>>>(
    prices: &[P],
    change: impl Fn(f64, f64) -> f64,
) -> Vec<Option<f64>> {
    let mut before = None;
    let returns = prices.iter().map(|price| {
        let now = valid((*price).into());
        let change = before.zip(now).map(|(before, now)| change(before, now));
        before = now;
        change.filter(|change| change.is_finite())
    });
    returns.collect()
}

fn valid(price: Option<f64>) -> Option<f64> {
    price.filter(|price| price.is_finite() && *price > 0.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn returns_of_known_prices() {
        assert_eq!(simple(&[100.0, 110.0, 99.0]), [None, Some(0.1), Some(-0.1)]);
        assert_eq!(log(&[1.0, 1.0, std::f64::consts::E]), [None, Some(0.0), Some(1.0)]);
    }

    #[test]
    fn log_returns_keep_the_digits_of_tiny_changes() {
        // ln(1 + h) = h - h²/2 + …, and 2^-40 is exact.
        let step = 2.0_f64.powi(-40);
        assert_eq!(log(&[1.0, 1.0 + step]), [None, Some(step - step * step / 2.0)]);
    }

    #[test]
    fn gaps_and_impossible_prices_leave_both_neighbours_without_a_return() {
        for bad in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
            assert_eq!(simple(&[1.0, bad, 1.0, 2.0]), [None, None, None, Some(1.0)]);
            assert_eq!(log(&[1.0, bad, 1.0, 1.0]), [None, None, None, Some(0.0)]);
        }
        assert_eq!(simple(&[Some(1.0), None, Some(1.0), Some(2.0)]), [None, None, None, Some(1.0)]);
    }

    #[test]
    fn short_series_have_no_returns() {
        assert_eq!(simple::<f64>(&[]), []);
        assert_eq!(log(&[5.0]), [None]);
    }

    #[test]
    fn a_return_beyond_the_floats_is_none() {
        assert_eq!(simple(&[f64::MIN_POSITIVE, f64::MAX]), [None, None]);
        assert!(log(&[f64::MIN_POSITIVE, f64::MAX])[1].is_some_and(f64::is_finite));
    }

    proptest! {
        #[test]
        fn log_returns_add_up(prices in prop::collection::vec(0.01..1e5_f64, 2..50)) {
            let total: f64 = log(&prices).into_iter().flatten().sum();
            prop_assert!((total - (prices[prices.len() - 1] / prices[0]).ln()).abs() < 1e-9);
        }

        #[test]
        fn the_unit_of_the_price_does_not_matter(
            prices in prop::collection::vec(0.01..1e5_f64, 2..50),
            factor in 0.001..1000.0_f64,
        ) {
            let scaled: Vec<f64> = prices.iter().map(|price| price * factor).collect();
            for (one, other) in simple(&prices).into_iter().zip(simple(&scaled)).skip(1) {
                let (one, other) = (one.expect("valid prices"), other.expect("valid prices"));
                prop_assert!((one - other).abs() <= 1e-12 * (1.0 + one.abs()));
            }
        }

        #[test]
        fn any_floats_give_one_item_each(prices in prop::collection::vec(any::<f64>(), 0..20)) {
            prop_assert_eq!(simple(&prices).len(), prices.len());
            prop_assert!(log(&prices).into_iter().flatten().all(f64::is_finite));
        }
    }
}
