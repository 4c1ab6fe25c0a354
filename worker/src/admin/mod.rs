//! The jobs that keep the house.

mod clean_up;
mod remind_rotation;
pub mod store_logs;
mod test_credential;
