//! Real prices, where `BELLWETHER_TEST_DATA` says they are.

mod coverage;
mod rival;
mod source;
