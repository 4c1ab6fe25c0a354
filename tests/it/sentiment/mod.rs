//! Scores: which day they belong to, what they add up to, and how they go with prices.

mod alignment;
mod correlation;
mod series;
mod summary;
