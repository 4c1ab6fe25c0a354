//! The jobs that score, and the models they score with.

pub mod finbert;
pub mod labelled;
pub mod models;
mod score_posts;
