//! The scores of posts, whole and per stock.

pub mod post_score;
pub mod sentiment_record;
