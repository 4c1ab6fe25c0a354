//! The jobs that fill the market's tables.

mod backfill_prices;
mod collect_prices;
mod make_history;
mod stream_quotes;
