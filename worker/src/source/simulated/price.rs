//! Bars and quotes out of the model's log prices.

use super::{
    model::{FactorGrids, Model, Stock},
    moment::Moment,
    series::{CELLS, Grid},
};
use chrono::{DateTime, NaiveDate, Utc};
use domain::market::{NewBar, Quote};
use entity::{Amount, SourceKind};

/// How far the extremes of a walk lie beyond those seen at n regular times: 0.5826 σ/√n.
///
/// Source: Broadie, Glasserman, Kou, A continuity correction for discrete barrier options (1997).
const CONTINUITY_CORRECTION: f64 = 0.5826;
/// A bounce between bid and ask is this large at least, and at most three times that.
const BOUNCE: f64 = 0.0001;
/// Near a bell the bounce fades, so that quotes agree with opens and closes.
const FADE_SECONDS: f64 = 60.0;

/// One session's prices up to some cell, in dollars and cents.
#[derive(Clone, Copy, Debug)]
struct Span {
    open: f64,
    high: f64,
    low: f64,
    close: f64,
}

impl Span {
    /// From the open to the end of the `cells`th cell.
    fn new(stock: &Stock, grid: &Grid, cells: usize) -> Self {
        let seen = &grid[..=cells.min(CELLS)];
        let margin = CONTINUITY_CORRECTION * stock.listing.volatility / (CELLS as f64).sqrt();
        let high = seen.iter().copied().fold(f64::MIN, f64::max) + margin;
        let low = seen.iter().copied().fold(f64::MAX, f64::min) - margin;
        let close = seen[seen.len() - 1];
        Self {
            open: cents(grid[0].exp()),
            high: cents(high.exp()),
            low: cents(low.exp()),
            close: cents(close.exp()),
        }
    }
}

/// The bar of `session`, which is on `day`.
pub(super) fn bar(
    model: &Model,
    stock: &Stock,
    (session, day): (usize, NaiveDate),
    factors: &FactorGrids,
) -> NewBar {
    let span = Span::new(stock, &Model::log_prices(stock, session, factors), CELLS);
    NewBar {
        symbol: stock.listing.symbol().clone(),
        day,
        open: amount(span.open),
        high: amount(span.high),
        low: amount(span.low),
        close: amount(span.close).expect("prices stay far below the limit"),
        // Nothing is ever paid out or split.
        adjusted_close: amount(span.close),
        volume: Some(volume(model, stock, session, 1.0)),
    }
}

/// The quote at `time`, which is `moment`; `factors` are those of the session begun last.
pub(super) fn quote(
    model: &Model,
    stock: &Stock,
    (time, moment): (DateTime<Utc>, &Moment),
    factors: &FactorGrids,
) -> Option<Quote> {
    let session = moment.begun()?;
    let share = if moment.is_open() { moment.share } else { 1.0 };
    let grid = Model::log_prices(stock, session, factors);
    let span = Span::new(stock, &grid, cells_begun(share));
    let exact = model.log_price(stock, moment).exp() * (1.0 + bounce(stock, time, moment));
    // The fine path may leave what the coarse grid saw; the day's high and low must not shrink again.
    let price = if moment.is_open() { exact.clamp(span.low, span.high) } else { exact };
    let previous_close = session.checked_sub(1).map(|before| cents(model.log_close(stock, before).exp()));
    Some(Quote {
        symbol: stock.listing.symbol().clone(),
        price: amount((price * 1e4).round() / 1e4)?,
        open: amount(span.open),
        high: amount(span.high),
        low: amount(span.low),
        previous_close: previous_close.and_then(amount),
        volume: Some(volume(model, stock, session, share)),
        as_of: time,
        source: SourceKind::Simulated,
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`share` is within 0…1")]
fn cells_begun(share: f64) -> usize {
    (share * CELLS as f64) as usize + 1
}

/// The relative distance from the middle between bid and ask, another one each second.
fn bounce(stock: &Stock, time: DateTime<Utc>, moment: &Moment) -> f64 {
    let key = stock.key.with(3).with(time.timestamp().cast_unsigned());
    let width = BOUNCE * (1.0 + 2.0 * key.uniform());
    let side = if key.with(1).uniform() < 0.5 { -1.0 } else { 1.0 };
    side * width * (moment.distance / FADE_SECONDS).min(1.0)
}

/// The shares traded until `share` of `session` is over: many when the price moves.
#[expect(clippy::cast_possible_truncation, reason = "volumes stay far below the limit")]
fn volume(model: &Model, stock: &Stock, session: usize, share: f64) -> i64 {
    let before =
        session.checked_sub(1).map_or(stock.listing.base_price.ln(), |day| model.log_close(stock, day));
    let change = (model.log_close(stock, session) - before).abs() / stock.listing.volatility;
    let noise = (0.3 * stock.key.with(4).with(session as u64).normal()).exp();
    let usual = 1.5e6 + 6e7 * stock.listing.popularity.powi(2);
    (usual * noise * (0.6 + 0.5 * change) * share).round() as i64
}

fn cents(price: f64) -> f64 {
    (price * 100.0).round().max(1.0) / 100.0
}

fn amount(price: f64) -> Option<Amount> {
    Amount::from_f64(price)
}
