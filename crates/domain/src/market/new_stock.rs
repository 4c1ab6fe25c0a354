//! A stock on its way in.

use super::Symbol;
use entity::market::stock::StockKind;

/// What a list of stocks says of one; what it does not say stays as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStock {
    pub symbol: Symbol,
    pub exchange: Option<String>,
    pub name: Option<String>,
    pub kind: StockKind,
    pub sector: Option<String>,
    pub industry: Option<String>,
}

impl NewStock {
    /// A stock of which nothing but the symbol is known.
    pub fn named(symbol: Symbol) -> Self {
        Self { symbol, exchange: None, name: None, kind: StockKind::Equity, sector: None, industry: None }
    }
}
