//! The prices that a backtest trades at.

/// Opens and closes of many symbols on many days, adjusted for splits and dividends.
#[derive(Debug, Clone, Copy)]
pub struct Market<'a> {
    symbols: usize,
    opens: &'a [f64],
    closes: &'a [f64],
    delisted: &'a [Option<usize>],
}

/// What a symbol does on a day.
#[derive(Debug, Clone, Copy)]
pub(super) enum Quote {
    /// Either may be missing.
    Listed {
        open: Option<f64>,
        close: Option<f64>,
    },
    Delisted,
}

impl<'a> Market<'a> {
    /// A market of rows of `symbols` prices; those that are not finite or not positive are missing.
    ///
    /// `None` without symbols, or unless both hold the same number of whole rows.
    pub fn new(symbols: usize, opens: &'a [f64], closes: &'a [f64]) -> Option<Self> {
        let has_rows = opens.len() == closes.len() && opens.len().checked_rem(symbols)? == 0;
        has_rows.then_some(Self { symbols, opens, closes, delisted: &[] })
    }

    /// The market with the first day on which each symbol is no longer listed; `None` unless there is an item for each.
    ///
    /// It has to be told, as the prices cannot: on the day itself a halt looks the same.
    #[must_use]
    pub fn with_delistings(self, delisted: &'a [Option<usize>]) -> Option<Self> {
        (delisted.len() == self.symbols).then_some(Self { delisted, ..self })
    }

    pub(super) fn symbols(&self) -> usize {
        self.symbols
    }

    pub(super) fn has_shape_of(&self, weights: &[f64]) -> bool {
        weights.len() == self.closes.len()
    }

    /// What each symbol does on day `number`.
    pub(super) fn quotes(&self, number: usize) -> impl Iterator<Item = Quote> {
        let row = number * self.symbols..(number + 1) * self.symbols;
        let prices = self.opens[row.clone()].iter().zip(&self.closes[row]).enumerate();
        prices.map(move |(symbol, (open, close))| {
            let end = self.delisted.get(symbol).copied().flatten();
            if end.is_some_and(|end| end <= number) {
                Quote::Delisted
            } else {
                Quote::Listed { open: price(*open), close: price(*close) }
            }
        })
    }

    /// Weights that buy equal parts on the first day with a close, and decide nothing after.
    pub(super) fn equal_weights(&self) -> Vec<f64> {
        let mut weights = vec![f64::NAN; self.closes.len()];
        if let Some(first) = self.closes.iter().position(|close| price(*close).is_some()) {
            let start = first - first % self.symbols;
            let row = start..start + self.symbols;
            let count = self.closes[row.clone()].iter().filter(|close| price(**close).is_some()).count();
            weights[row].fill(1.0 / count as f64);
        }
        weights
    }
}

fn price(value: f64) -> Option<f64> {
    (value.is_finite() && value > 0.0).then_some(value)
}
