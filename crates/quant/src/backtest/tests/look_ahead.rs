//! That what comes later changes nothing before it.

use super::super::{Record, run};
use super::{SYMBOLS, Scene, scene, terms};
use proptest::prelude::*;

/// How a strategy decides: from the prices of all days, as matrices, to weights.
type Strategist = fn(&Scene) -> Vec<f64>;

/// Buys what rose since the day before, and sells what fell.
fn follow(scene: &Scene) -> Vec<f64> {
    weights(scene, |closes, at| Some(closes[at] / closes.get(at.checked_sub(SYMBOLS)?)? - 1.0))
}

/// The same, with tomorrow's close in the place of yesterday's: a leak.
fn foresee(scene: &Scene) -> Vec<f64> {
    weights(scene, |closes, at| Some(closes.get(at + SYMBOLS)? / closes[at] - 1.0))
}

fn weights(scene: &Scene, change: fn(&[f64], usize) -> Option<f64>) -> Vec<f64> {
    let weight = |at| change(&scene.closes, at).map_or(0.0, |change: f64| change.clamp(-0.3, 0.3));
    (0..scene.closes.len()).map(weight).collect()
}

/// The scene with other prices and decisions after day `cut`: those of the days before, mirrored around 200.
fn scrambled(scene: &Scene, cut: usize) -> Scene {
    let mut other = scene.clone();
    for values in [&mut other.opens, &mut other.closes] {
        values[(cut + 1) * SYMBOLS..].iter_mut().for_each(|price| *price = 300.0 - *price);
    }
    other.weights[(cut + 1) * SYMBOLS..].iter_mut().for_each(|weight| *weight = -*weight);
    other
}

/// All numbers of the days up to `cut`, to the bit.
fn bits(record: &Record, cut: usize) -> Vec<[u64; 6]> {
    let days = record.days[..=cut].iter();
    let numbers = days.map(|day| [day.equity, day.profit, day.costs, day.borrow, day.turnover, day.change]);
    numbers.map(|numbers| numbers.map(f64::to_bits)).collect()
}

/// Whether decisions and accounts up to `cut` stay the same when everything after it changes.
///
/// Both, as a decision that saw the day after shows in the accounts only from that day on.
fn is_blind_to_the_future(scene: &Scene, cut: usize, strategist: Strategist) -> bool {
    let [before, after] = [scene, &scrambled(scene, cut)].map(|scene| {
        let weights = strategist(scene);
        let backtest = run(&scene.market(), &weights, &super::FREE).unwrap();
        let decided = weights[..(cut + 1) * SYMBOLS].iter().map(|weight| weight.to_bits());
        (bits(&backtest.strategy, cut), decided.collect::<Vec<_>>())
    });
    before == after
}

proptest! {
    #[test]
    fn scrambling_what_comes_later_leaves_the_past(
        scene in scene(2..20),
        terms in terms(),
        cut in any::<prop::sample::Index>(),
    ) {
        let cut = cut.index(scene.closes.len() / SYMBOLS);
        let (before, after) = (scene.run(&terms), scrambled(&scene, cut).run(&terms));
        prop_assert_eq!(bits(&before.strategy, cut), bits(&after.strategy, cut));
        prop_assert_eq!(bits(&before.buy_and_hold, cut), bits(&after.buy_and_hold, cut));
        prop_assert!(is_blind_to_the_future(&scene, cut, follow));
    }
}

/// A quiet market of eight days.
fn quiet() -> Scene {
    let close = |at: usize| 100.0 + ((at * at * 7) % 13) as f64;
    let closes: Vec<f64> = (0..8 * SYMBOLS).map(close).collect();
    let opens = closes.iter().map(|close| close + 0.5).collect();
    Scene { opens, weights: vec![0.0; closes.len()], closes }
}

#[test]
fn a_planted_leak_is_found() {
    let scene = quiet();
    let is_caught =
        |strategist: Strategist| (1..7).any(|cut| !is_blind_to_the_future(&scene, cut, strategist));
    assert!(is_caught(foresee));
    assert!(!is_caught(follow));
}

#[test]
fn trading_at_the_close_that_decided_would_be_found() {
    // Opens moved a day ahead are what an engine would trade at that fills orders too early.
    let early = |scene: &Scene| {
        let mut opens = scene.opens[SYMBOLS..].to_vec();
        opens.extend([f64::NAN; SYMBOLS]);
        Scene { opens, weights: follow(scene), ..scene.clone() }
    };
    let scene = quiet();
    let is_caught = (1..7).any(|cut| {
        let [before, after] = [&scene, &scrambled(&scene, cut)].map(|scene| early(scene).run(&super::FREE));
        bits(&before.strategy, cut) != bits(&after.strategy, cut)
    });
    assert!(is_caught);
}
