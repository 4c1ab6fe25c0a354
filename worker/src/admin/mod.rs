//! The jobs that keep the house.

mod clean_up;
pub mod store_logs;
