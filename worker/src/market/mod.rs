//! The jobs that fill the market's tables.

mod backfill_prices;
mod bars;
mod check_prices;
mod collect_prices;
mod compare_prices;
mod make_history;
pub mod poll;
mod stream_quotes;
mod trade;
