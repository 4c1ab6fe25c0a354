//! Indicators against published tables and other libraries, at their edges, and by their laws.

mod edge;
mod property;
mod reference;

use super::{Bar, Bollinger, Ema, Indicator, Macd, Rsi, Sma, Volatility, over};

/// The indicators of closes, as functions from closes to everything they say.
type OfCloses = fn(&[f64]) -> Vec<Option<Vec<f64>>>;

const OF_CLOSES: [(&str, OfCloses); 7] = [
    ("sma", |closes| numbers(Sma::new(5), closes, |value| vec![value])),
    ("ema", |closes| numbers(Ema::new(5), closes, |value| vec![value])),
    ("wilder", |closes| numbers(Ema::wilder(5), closes, |value| vec![value])),
    ("rsi", |closes| numbers(Rsi::new(4), closes, |value| vec![value])),
    ("macd", |closes| numbers(Macd::new(3, 5, 2), closes, |it| vec![it.line, it.signal, it.histogram])),
    ("bollinger", |closes| numbers(Bollinger::new(5, 2.0), closes, |it| vec![it.upper, it.middle, it.lower])),
    ("volatility", |closes| numbers(Volatility::new(5), closes, |value| vec![value])),
];

fn numbers<I: Indicator<Input = f64>>(
    indicator: I,
    closes: &[f64],
    of: fn(I::Output) -> Vec<f64>,
) -> Vec<Option<Vec<f64>>> {
    over(indicator, closes).into_iter().map(|value| value.map(of)).collect()
}

fn bars(rows: &[[f64; 3]]) -> Vec<Bar> {
    rows.iter().map(|[high, low, close]| Bar { high: *high, low: *low, close: *close }).collect()
}
