//! The jobs that score.

mod score_posts;
