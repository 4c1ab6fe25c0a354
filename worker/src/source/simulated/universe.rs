use domain::market::{NewStock, Symbol};
use entity::market::stock::StockKind;

const TABLE: &str = include_str!("../../../data/universe.csv");

/// A stock of the simulated market.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Listing {
    pub stock: NewStock,
    /// On the market's first day.
    pub base_price: f64,
    /// The standard deviation of daily log returns.
    pub volatility: f64,
    pub beta: f64,
    /// How much is traded and written, 0…1.
    pub popularity: f64,
}

impl Listing {
    pub(super) fn symbol(&self) -> &Symbol {
        &self.stock.symbol
    }

    /// The company's name as people say it, without legal form and share class.
    pub(super) fn short_name(&self) -> &str {
        let name = self.stock.name.as_deref().unwrap_or(self.stock.symbol.as_str());
        let name = name.split(" Class ").next().unwrap_or(name);
        let endings = [
            ", Inc.",
            " Inc.",
            " Corporation",
            " Incorporated",
            " & Company",
            " Company",
            " plc",
            " Limited",
            " Corp.",
            " & Co.",
        ];
        let short = endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
        short.strip_prefix("The ").unwrap_or(short)
    }
}

/// The stocks, in the order of the table.
pub(super) fn listings() -> Vec<Listing> {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    reader
        .records()
        .map(|row| row.ok().as_ref().and_then(listing).expect("the table is well formed"))
        .collect()
}

fn listing(row: &csv::StringRecord) -> Option<Listing> {
    let text = |column| row.get(column).filter(|text| !text.is_empty()).map(str::to_owned);
    let number = |column| row.get(column)?.parse::<f64>().ok();
    let kind = match row.get(5)? {
        "EQUITY" => StockKind::Equity,
        "INDEX_FUND" => StockKind::IndexFund,
        _ => return None,
    };
    let stock = NewStock {
        symbol: row.get(0)?.parse().ok()?,
        name: text(1),
        exchange: text(2),
        sector: text(3),
        industry: text(4),
        kind,
    };
    Some(Listing {
        stock,
        base_price: number(6)?,
        volatility: number(7)?,
        beta: number(8)?,
        popularity: number(9)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_hundred_stocks_and_four_index_funds() {
        let listings = listings();
        let funds = listings.iter().filter(|listing| listing.stock.kind == StockKind::IndexFund).count();
        assert!(listings.len() >= 104 && funds == 4, "{}", listings.len());
        let names: Vec<_> = listings.iter().map(Listing::short_name).collect();
        for name in
            ["Apple", "Berkshire Hathaway", "Walt Disney", "Alphabet", "3M", "JPMorgan Chase", "Wells Fargo"]
        {
            assert!(names.contains(&name), "{name}");
        }
    }

    #[test]
    fn every_equity_has_a_sector_and_possible_numbers() {
        for listing in listings() {
            let is_fund = listing.stock.kind == StockKind::IndexFund;
            assert_eq!(listing.stock.sector.is_none(), is_fund, "{listing:?}");
            assert!(listing.base_price > 1.0 && (0.009..0.05).contains(&listing.volatility), "{listing:?}");
            assert!((0.3..2.0).contains(&listing.beta) && (0.0..=1.0).contains(&listing.popularity));
        }
    }
}
