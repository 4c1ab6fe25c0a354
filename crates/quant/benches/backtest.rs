//! What a backtest costs over four years of 200 symbols: its aim is 100 ms on one core.

use criterion::{Criterion, criterion_group, criterion_main};
use quant::backtest::{Costs, Limits, Market, Terms, run};
use std::hint::black_box;

const SYMBOLS: usize = 200;
const DAYS: usize = 1008;

/// Numbers from 0 to 1 that look random and are the same in every run: a multiplicative congruential generator.
fn noise(count: usize) -> Vec<f64> {
    let next = |state: &mut u64| {
        *state = *state * 16_807 % 2_147_483_647;
        Some(*state as f64 / 2_147_483_647.0)
    };
    (0..count).scan(20_260_101, |state, _| next(state)).collect()
}

fn bench(criterion: &mut Criterion) {
    let noise = noise(3 * SYMBOLS * DAYS);
    let [steps, gaps, wishes] = [0, 1, 2].map(|part| &noise[part * SYMBOLS * DAYS..][..SYMBOLS * DAYS]);
    let mut closes = vec![100.0; SYMBOLS * DAYS];
    for at in SYMBOLS..closes.len() {
        closes[at] = closes[at - SYMBOLS] * (0.98 + 0.0402 * steps[at]);
    }
    let opens: Vec<f64> = closes.iter().zip(gaps).map(|(close, gap)| close * (0.995 + 0.01 * gap)).collect();
    let weights: Vec<f64> = wishes.iter().map(|wish| (wish - 0.4) / 20.0).collect();
    let market = Market::new(SYMBOLS, &opens, &closes).expect("whole rows");
    let costs = Costs { commission: 5.0, slippage: 5.0, borrow: 0.02 };
    let limits = Limits { weight: 0.02, gross: 1.5, positions: 50 };
    let terms = Terms { capital: 1_000_000.0, costs, limits };
    criterion.bench_function("200 symbols, 1008 days, rebalanced daily", |bencher| {
        bencher.iter(|| run(&market, black_box(&weights), &terms).expect("sound terms"));
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
