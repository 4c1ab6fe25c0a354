use super::{
    moment::Moment,
    noise::Key,
    series::{CELLS, Grid, Series, Style},
    universe::{self, Listing},
};
use domain::market::Symbol;
use rustc_hash::FxHashMap;

/// Daily standard deviations of the factors' log returns.
const MARKET_VOLATILITY: f64 = 0.009;
const SECTOR_VOLATILITY: f64 = 0.007;
/// Of the market's log price, about 8 % a year.
const DRIFT: f64 = 0.0003;
/// A price forgets half of what is its own in a year and a half, so that prices stay near what people know.
const REVERSION: f64 = 0.0018;
/// The least share of a stock's volatility that is its own.
const LEAST_OWN: f64 = 0.1;

/// The log prices of all stocks: a market factor, a factor per sector, and what is each stock's own.
#[derive(Debug)]
pub(super) struct Model {
    pub key: Key,
    market: Series,
    sectors: Vec<Series>,
    stocks: Vec<Stock>,
    by_symbol: FxHashMap<Symbol, usize>,
}

/// A stock of the model.
#[derive(Debug)]
pub(super) struct Stock {
    pub listing: Listing,
    pub key: Key,
    /// `None` for index funds.
    pub sector: Option<usize>,
    own: Series,
    /// The standard deviation of its own part.
    own_volatility: f64,
}

/// The factors during one session.
#[derive(Debug)]
pub(super) struct FactorGrids {
    market: Grid,
    sectors: Vec<Grid>,
}

impl Model {
    pub(super) fn new(seed: u64) -> Self {
        let key = Key::new(seed);
        let mut names: Vec<String> = Vec::new();
        let mut stocks = Vec::new();
        for listing in universe::listings() {
            let sector = listing.stock.sector.as_ref().map(|name| position_or_push(&mut names, name));
            stocks.push(Stock::new(key, listing, sector));
        }
        let style = Style { drift: 0.0, reversion: REVERSION, jump: 0.0 };
        let sectors = names.iter().map(|name| Series::new(key.with_text(name), style)).collect();
        let market = Series::new(key, Style { drift: DRIFT / MARKET_VOLATILITY, ..style });
        let symbols = stocks.iter().enumerate().map(|(index, stock)| (stock.listing.symbol().clone(), index));
        let by_symbol = symbols.collect();
        Self { key, market, sectors, stocks, by_symbol }
    }

    pub(super) fn stocks(&self) -> &[Stock] {
        &self.stocks
    }

    pub(super) fn find(&self, symbol: &Symbol) -> Option<&Stock> {
        self.position(symbol).map(|index| &self.stocks[index])
    }

    pub(super) fn position(&self, symbol: &Symbol) -> Option<usize> {
        self.by_symbol.get(symbol).copied()
    }

    pub(super) fn log_price(&self, stock: &Stock, moment: &Moment) -> f64 {
        let sector = stock.sector.map_or(0.0, |sector| self.sectors[sector].value(moment));
        stock.log_price(self.market.value(moment), sector, stock.own.value(moment))
    }

    /// The log price at the close of `session`.
    pub(super) fn log_close(&self, stock: &Stock, session: usize) -> f64 {
        let sector = stock.sector.map_or(0.0, |sector| self.sectors[sector].level(session));
        stock.log_price(self.market.level(session), sector, stock.own.level(session))
    }

    pub(super) fn factor_grids(&self, session: usize) -> FactorGrids {
        let sectors = self.sectors.iter().map(|sector| sector.grid(session)).collect();
        FactorGrids { market: self.market.grid(session), sectors }
    }

    /// The log prices during `session`, whose factors are given.
    pub(super) fn log_prices(stock: &Stock, session: usize, factors: &FactorGrids) -> Grid {
        let own = stock.own.grid(session);
        let mut grid = [0.0; CELLS + 1];
        for (index, value) in grid.iter_mut().enumerate() {
            let sector = stock.sector.map_or(0.0, |sector| factors.sectors[sector][index]);
            *value = stock.log_price(factors.market[index], sector, own[index]);
        }
        grid
    }
}

impl Stock {
    fn new(key: Key, listing: Listing, sector: Option<usize>) -> Self {
        let key = key.with_text(listing.symbol().as_str());
        let sector_variance = sector.map_or(0.0, |_| SECTOR_VOLATILITY.powi(2));
        let common = (listing.beta * MARKET_VOLATILITY).powi(2) + sector_variance;
        let least = LEAST_OWN * listing.volatility;
        let own_volatility = (listing.volatility.powi(2) - common).max(least.powi(2)).sqrt();
        let jump = sector.map_or(0.0, |_| 1.8 * listing.volatility / own_volatility);
        let own = Series::new(key, Style { drift: 0.0, reversion: REVERSION, jump });
        Self { listing, key, sector, own, own_volatility }
    }

    /// The jump of its log price in the night before `session`, nearly always none.
    pub(super) fn jump(&self, session: usize) -> f64 {
        self.own_volatility * self.own.jump(session)
    }

    fn log_price(&self, market: f64, sector: f64, own: f64) -> f64 {
        let common = self.listing.beta * MARKET_VOLATILITY * market + SECTOR_VOLATILITY * sector;
        self.listing.base_price.ln() + common + self.own_volatility * own
    }
}

fn position_or_push(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}
