//! Real prices, where `BELLWETHER_TEST_DATA` says they are.

mod repair_case;
mod source;
mod vintage;
