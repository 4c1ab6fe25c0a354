use super::{Action, adjusted, factors, raw, total_returns};
use crate::returns::simple;
use proptest::prelude::*;

fn split(new: f64, old: f64) -> Action {
    Action::Split { new, old }
}

fn full(closes: &[(u32, f64)], actions: &[(u32, Action)]) -> Vec<f64> {
    let factors = factors(closes, actions).expect("sound actions");
    adjusted(closes, &factors, |factor| factor.full).into_iter().map(|(_, close)| close).collect()
}

/// Relative, for prices.
fn is_close(one: &[f64], other: &[f64], tolerance: f64) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| (one / other - 1.0).abs() <= tolerance)
}

#[test]
fn the_example_that_yahoo_publishes() {
    // "What is the adjusted close?": a 2 for 1 split on 18 February, a dividend of $0.08 on the 21st.
    let closes = [(16, 46.99), (17, 48.30), (18, 24.96), (19, 24.91), (20, 24.95), (21, 24.53), (22, 24.54)];
    let actions = [(21, Action::Dividend { cash: 0.08 }), (18, split(2.0, 1.0))];
    let shown: Vec<String> = full(&closes, &actions).iter().map(|close| format!("{close:.2}")).collect();
    assert_eq!(shown, ["23.42", "24.07", "24.88", "24.83", "24.87", "24.53", "24.54"]);
}

#[test]
fn multipliers_that_yahoo_publishes() {
    for (cash, close, expected) in [(0.08, 24.96, 0.9968), (2.40, 16.51, 0.8546), (1.25, 51.20, 0.9756)] {
        let factor = factors(&[(1, close), (2, 1.0)], &[(2, Action::Dividend { cash })]).expect("sound");
        assert!((factor[0].full - expected).abs() < 5e-5 && factor[0].split.to_bits() == 1.0_f64.to_bits());
    }
}

#[test]
fn actions_of_one_day_count_together_in_any_order() {
    let actions = [
        (2, split(2.0, 1.0)),
        (2, Action::Dividend { cash: 1.0 }),
        (2, Action::Dividend { cash: 4.0 }),
        (2, split(1.0, 4.0)),
    ];
    let closes = [(1, 50.0), (2, 95.0)];
    // Two for one and one for four make 100 of the 50, of which five are paid out.
    assert_eq!(full(&closes, &actions), [95.0, 95.0]);
    let mut reversed = actions;
    reversed.reverse();
    assert_eq!(full(&closes, &reversed), [95.0, 95.0]);
    assert_eq!(total_returns(&closes, &actions), [None, Some(0.0)]);
}

#[test]
fn an_ex_date_without_a_session_counts_from_the_next_and_one_to_come_not_yet() {
    let closes = [(1, 10.0), (4, 5.0), (5, 5.0)];
    assert_eq!(full(&closes, &[(2, split(2.0, 1.0))]), [5.0, 5.0, 5.0]);
    assert_eq!(full(&closes, &[(6, split(2.0, 1.0)), (1, split(3.0, 1.0))]), [10.0, 5.0, 5.0]);
}

#[test]
fn what_makes_no_sense_has_no_factors() {
    let closes = [(1, 10.0), (2, 5.0)];
    let bad = [split(0.0, 1.0), split(1.0, f64::NAN), Action::Dividend { cash: 10.0 }];
    for action in bad.into_iter().chain([Action::Dividend { cash: -1.0 }]) {
        assert_eq!(factors(&closes, &[(2, action)]), None, "{action:?}");
    }
    assert_eq!(factors::<u32>(&[], &[]), Some(Vec::new()));
}

type ByDay<T> = Vec<(u32, T)>;

/// Closes of days 0, 1, … and sound actions on some of them.
fn market() -> impl Strategy<Value = (ByDay<f64>, ByDay<Action>)> {
    let action = prop_oneof![
        (1..10_u32, 1..10_u32).prop_map(|(new, old)| split(f64::from(new), f64::from(old))),
        // Ninefold splits, three of them on a day, leave more than that of the lowest price.
        (0.001..0.002_f64).prop_map(|cash| Action::Dividend { cash }),
    ];
    let closes = prop::collection::vec(5.0..1000.0_f64, 2..40);
    (closes, prop::collection::btree_map(0..40_u32, prop::collection::vec(action, 1..4), 0..6)).prop_map(
        |(closes, actions)| {
            let actions =
                actions.into_iter().flat_map(|(day, all)| all.into_iter().map(move |one| (day, one)));
            ((0..).zip(closes).collect(), actions.collect())
        },
    )
}

proptest! {
    #[test]
    fn a_split_that_really_happened_changes_no_adjusted_price(
        ((closes, actions), day, new, old) in (market(), 1..40_u32, 1..20_u32, 1..20_u32),
    ) {
        // Before it the shares were fewer, and each cost and paid more.
        let ratio = if (day as usize) < closes.len() { f64::from(new) / f64::from(old) } else { 1.0 };
        let scaled: Vec<(u32, f64)> =
            closes.iter().map(|(at, close)| (*at, if *at < day { close * ratio } else { *close })).collect();
        let mut with: Vec<(u32, Action)> = actions.iter().map(|(at, action)| match action {
            Action::Dividend { cash } if *at < day => (*at, Action::Dividend { cash: cash * ratio }),
            _ => (*at, *action),
        }).collect();
        with.push((day, split(f64::from(new), f64::from(old))));
        prop_assert!(is_close(&full(&closes, &actions), &full(&scaled, &with), 1e-12));
    }

    #[test]
    fn a_split_inserted_on_any_day_changes_no_return_of_the_past(
        ((closes, actions), day, new, old) in (market(), 0..40_u32, 1..20_u32, 1..20_u32),
    ) {
        // Only splits: a dividend of the same day is paid on the new shares, and so means another one.
        let actions: Vec<_> = actions.into_iter().filter(|(at, action)| *at != day || matches!(action, Action::Split { .. })).collect();
        let with: Vec<_> = actions.iter().copied().chain([(day, split(f64::from(new), f64::from(old)))]).collect();
        let (before, after) = (simple(&full(&closes, &actions)), simple(&full(&closes, &with)));
        for (at, (before, after)) in before.iter().zip(&after).enumerate().skip(1) {
            let (before, after) = (before.expect("prices"), after.expect("prices"));
            prop_assert!(at == day as usize || (before - after).abs() < 1e-9 * (1.0 + before.abs()), "{at}");
        }
    }

    #[test]
    fn returns_of_days_without_actions_are_the_raw_ones((closes, actions) in market()) {
        let prices: Vec<f64> = closes.iter().map(|(_, close)| *close).collect();
        for (at, (raw, adjusted)) in simple(&prices).iter().zip(simple(&full(&closes, &actions))).enumerate().skip(1) {
            if actions.iter().all(|(day, _)| *day as usize != at) {
                let (raw, adjusted) = (raw.expect("prices"), adjusted.expect("prices"));
                prop_assert!((raw - adjusted).abs() < 1e-9 * (1.0 + raw.abs()));
            }
        }
    }

    #[test]
    fn the_order_of_the_actions_does_not_matter((closes, actions) in market(), by in 0..20_usize) {
        let mut other = actions.clone();
        other.reverse();
        let by = by % other.len().max(1);
        other.rotate_left(by);
        prop_assert!(is_close(&full(&closes, &actions), &full(&closes, &other), 1e-12));
    }

    #[test]
    fn raw_is_the_inverse((closes, actions) in market()) {
        let factors = factors(&closes, &actions).expect("sound");
        let back = raw(&adjusted(&closes, &factors, |factor| factor.full), &actions).expect("sound");
        let prices = |closes: &[(u32, f64)]| closes.iter().map(|(_, close)| *close).collect::<Vec<_>>();
        prop_assert!(is_close(&prices(&closes), &prices(&back), 1e-9));
    }

    #[test]
    fn a_dividend_of_which_the_price_falls_by_as_much_earns_nothing(
        close in 5.0..1000.0_f64, cash in 0.01..4.0_f64,
    ) {
        let closes = [(1, close), (2, close - cash)];
        let actions = [(2, Action::Dividend { cash })];
        prop_assert!(total_returns(&closes, &actions)[1].expect("prices").abs() < 1e-12);
        let adjusted = full(&closes, &actions);
        prop_assert!((adjusted[1] / adjusted[0] - 1.0).abs() < 1e-9);
    }
}
