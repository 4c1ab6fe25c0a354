use super::{
    Reason, Rows,
    column::{Column, Need},
    date, number,
    rows::{Fields, Shape},
};
use chrono::{DateTime, Datelike, Utc};
use domain::market::{NewBar, Symbol};
use entity::Amount;
use rustc_hash::{FxHashMap, FxHashSet};

/// The bars of a file.
pub type PriceRows = Rows<PriceShape>;

const DAY: usize = 0;
const OPEN: usize = 1;
const HIGH: usize = 2;
const LOW: usize = 3;
const CLOSE: usize = 4;
const ADJUSTED_CLOSE: usize = 5;
const VOLUME: usize = 6;
const SYMBOL: usize = 7;
const SOURCE: usize = 8;

static WITH_SYMBOL: [Column; 9] = columns(Need::Required);
static WITHOUT_SYMBOL: [Column; 9] = columns(Need::Optional);

const fn columns(symbol: Need) -> [Column; 9] {
    use Need::{Optional, Required};
    [
        Column::new("day", &["date", "day", "timestamp", "datetime", "time"], Required),
        Column::new("open", &["open"], Optional),
        Column::new("high", &["high"], Optional),
        Column::new("low", &["low"], Optional),
        Column::new("close", &["close"], Required),
        Column::new("adjusted close", &["adjustedclose", "adjclose"], Optional),
        Column::new("volume", &["volume", "vol"], Optional),
        Column::new("symbol", &["symbol", "ticker", "name"], symbol),
        Column::new("source", &["source"], Optional),
    ]
}

/// Reads bars, and remembers the days of each symbol.
#[derive(Debug)]
pub struct PriceShape {
    /// For files without a symbol column.
    symbol: Option<Symbol>,
    now: DateTime<Utc>,
    /// By the text of the symbol column; empty for `symbol`.
    symbols: FxHashMap<Box<[u8]>, (u32, Symbol)>,
    /// Symbol numbers and days counted from the year 1: a tenth of what the bars would take.
    seen: FxHashSet<(u32, i32)>,
}

impl PriceShape {
    pub(super) fn new(symbol: Option<Symbol>, now: DateTime<Utc>) -> Self {
        Self { symbol, now, symbols: FxHashMap::default(), seen: FxHashSet::default() }
    }

    /// The row's symbol with its number in this file.
    fn symbol(&mut self, fields: &Fields<'_>) -> Result<(u32, Symbol), Reason> {
        let field = fields.get(SYMBOL).unwrap_or_default();
        if let Some((number, symbol)) = self.symbols.get(field) {
            return Ok((*number, symbol.clone()));
        }
        let symbol = match &self.symbol {
            Some(symbol) if !fields.has(SYMBOL) => symbol.clone(),
            _ => {
                str::from_utf8(field).map_err(|_| Reason::BadUtf8)?.parse().map_err(|_| Reason::BadSymbol)?
            }
        };
        let number = u32::try_from(self.symbols.len()).map_err(|_| Reason::BadSymbol)?;
        self.symbols.insert(field.into(), (number, symbol.clone()));
        Ok((number, symbol))
    }
}

impl Shape for PriceShape {
    type Item = NewBar;

    fn columns(&self) -> &'static [Column] {
        if self.symbol.is_some() { &WITHOUT_SYMBOL } else { &WITH_SYMBOL }
    }

    fn parse(&mut self, fields: &Fields<'_>) -> Result<NewBar, Reason> {
        if super::is_simulated(fields.get(SOURCE)) {
            return Err(Reason::Simulated);
        }
        let (number, symbol) = self.symbol(fields)?;
        let day = fields.get(DAY).and_then(date::day).ok_or(Reason::UnreadableDate)?;
        let bar = NewBar {
            symbol,
            day,
            open: price(fields, OPEN)?,
            high: price(fields, HIGH)?,
            low: price(fields, LOW)?,
            close: price(fields, CLOSE)?.ok_or(Reason::NullPrice)?,
            adjusted_close: price(fields, ADJUSTED_CLOSE)?,
            volume: volume(fields)?,
        };
        bar.check(self.now).map_err(Reason::Defect)?;
        // Last, so that a bad row never makes the good one behind it a duplicate.
        if self.seen.insert((number, day.num_days_from_ce())) { Ok(bar) } else { Err(Reason::DuplicateDay) }
    }
}

/// The price; `None` if the file has no such column, or nothing in it.
fn price(fields: &Fields<'_>, column: usize) -> Result<Option<Amount>, Reason> {
    match fields.get(column) {
        None | Some([]) => Ok(None),
        Some(field) if number::is_null(field) => Err(Reason::NullPrice),
        Some(field) => number::amount(field).map(Some),
    }
}

fn volume(fields: &Fields<'_>) -> Result<Option<i64>, Reason> {
    let field = fields.get(VOLUME).filter(|field| !number::is_null(field));
    field.map(number::whole).transpose()
}
