use super::{
    Reason, Rows,
    column::{Column, Need},
    rows::{Fields, Shape},
};
use domain::market::{NewStock, Symbol};
use entity::market::stock::StockKind;
use rustc_hash::FxHashSet;

/// The stocks of a list.
pub type StockRows = Rows<StockShape>;

const SYMBOL: usize = 0;
const NAME: usize = 1;
const EXCHANGE: usize = 2;
const SECTOR: usize = 3;
const INDUSTRY: usize = 4;
const KIND: usize = 5;

static COLUMNS: [Column; 6] = {
    use Need::{Optional, Required};
    [
        Column::new("symbol", &["symbol", "actsymbol", "ticker", "tickersymbol"], Required),
        Column::new("name", &["security", "name", "companyname", "securityname", "company"], Optional),
        Column::new("exchange", &["exchange"], Optional),
        Column::new("sector", &["gicssector", "sector"], Optional),
        Column::new("industry", &["gicssubindustry", "industry", "subindustry"], Optional),
        Column::new("kind", &["kind"], Optional),
    ]
};

/// Reads stocks, and remembers their symbols.
#[derive(Debug, Default)]
pub struct StockShape {
    seen: FxHashSet<Symbol>,
}

impl Shape for StockShape {
    type Item = NewStock;

    fn columns(&self) -> &'static [Column] {
        &COLUMNS
    }

    fn parse(&mut self, fields: &Fields<'_>) -> Result<NewStock, Reason> {
        let owned = |column| fields.text(column).map(|text| text.map(str::to_owned));
        let symbol: Symbol =
            fields.text(SYMBOL)?.unwrap_or_default().parse().map_err(|_| Reason::BadSymbol)?;
        let stock = NewStock {
            symbol: symbol.clone(),
            exchange: owned(EXCHANGE)?,
            name: owned(NAME)?,
            kind: kind(fields.text(KIND)?)?,
            sector: owned(SECTOR)?,
            industry: owned(INDUSTRY)?,
        };
        if self.seen.insert(symbol) { Ok(stock) } else { Err(Reason::DuplicateStock) }
    }
}

fn kind(word: Option<&str>) -> Result<StockKind, Reason> {
    match word.map(str::to_ascii_uppercase).as_deref() {
        None | Some("EQUITY") => Ok(StockKind::Equity),
        Some("INDEX_FUND") => Ok(StockKind::IndexFund),
        Some(_) => Err(Reason::UnknownKind),
    }
}
