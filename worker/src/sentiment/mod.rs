//! The jobs that score, the models they score with, and how good these are.

mod evaluate_models;
pub mod finbert;
pub mod gate;
pub mod labelled;
pub mod models;
pub mod record;
mod score_posts;
