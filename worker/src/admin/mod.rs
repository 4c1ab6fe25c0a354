//! The jobs that keep the house.

mod check_service_levels;
mod clean_up;
mod export_data;
mod export_my_data;
mod import_data;
mod remind_rotation;
mod report_quality;
mod scrape_subreddit;
pub mod store_logs;
mod test_credential;
