//! That no money appears or vanishes.

use super::super::Day;
use super::{FREE, NAN, SYMBOLS, scene, terms};
use proptest::prelude::*;

/// How far the equity is from what the accounts say it should be, at worst.
fn leak(days: &[Day], capital: f64) -> f64 {
    let before = std::iter::once(capital).chain(days.iter().map(|day| day.equity));
    let gap =
        |(before, day): (f64, &Day)| (day.equity - before - (day.profit - day.costs - day.borrow)).abs();
    before.zip(days).map(gap).fold(0.0, f64::max)
}

proptest! {
    /// The equity is counted from cash and positions, the profit from price changes: they have to meet.
    #[test]
    fn equity_changes_by_profit_less_costs(scene in scene(1..20), terms in terms(), end in 0..20_usize) {
        let delisted = [None, Some(end), None];
        let market = scene.market().with_delistings(&delisted).unwrap();
        let backtest = super::run(&market, &scene.weights, &terms).unwrap();
        for record in [&backtest.strategy, &backtest.buy_and_hold] {
            prop_assert!(leak(&record.days, terms.capital) < 1e-9 * terms.capital);
            prop_assert!(record.days.iter().all(|day| day.equity.is_finite() && day.costs >= 0.0 && day.borrow >= 0.0));
        }
    }

    #[test]
    fn costs_only_ever_take(scene in scene(2..20), terms in terms()) {
        // One decision, so that both hold the same shares.
        let mut scene = scene;
        scene.weights[SYMBOLS..].fill(NAN);
        let free = scene.run(&super::Terms { limits: terms.limits, ..FREE });
        let paying = scene.run(&terms);
        let days = free.strategy.days.iter().zip(&paying.strategy.days);
        // Whoever loses everything has to sell, so the shares are the same only until then.
        for (free, paying) in days.take_while(|(free, paying)| free.equity > 0.0 && paying.equity > 0.0) {
            prop_assert!(paying.equity <= free.equity + 1e-9);
        }
    }

    #[test]
    fn returns_compound_to_the_equity_until_it_is_lost(scene in scene(1..20), terms in terms()) {
        let days = scene.run(&terms).strategy.days;
        let mut equity = terms.capital;
        for day in days.iter().take_while(|day| day.equity > 0.0) {
            equity *= 1.0 + day.change;
            prop_assert!((equity - day.equity).abs() < 1e-9 * terms.capital);
        }
    }

    /// Ten times the money makes ten times the money.
    #[test]
    fn nothing_depends_on_the_size_of_the_capital(scene in scene(1..12), terms in terms()) {
        let (small, large) = (scene.run(&terms), scene.run(&super::Terms { capital: 4000.0, ..terms }));
        for (small, large) in small.strategy.days.iter().zip(&large.strategy.days) {
            prop_assert!((small.equity * 4.0 - large.equity).abs() < 1e-6);
            prop_assert_eq!(small.trades, large.trades);
        }
    }

    #[test]
    fn decided_positions_keep_to_the_limits(scene in scene(2..3), terms in terms()) {
        // Where no price moves, what is bought from nothing on the second day is what was decided.
        let prices = vec![100.0; scene.closes.len()];
        let scene = super::Scene { opens: prices.clone(), closes: prices, ..scene };
        let day = scene.run(&terms).strategy.days[1];
        let most = (terms.limits.weight * day.trades as f64).min(terms.limits.gross);
        prop_assert!(day.trades <= terms.limits.positions && day.turnover <= most + 1e-9);
    }
}
