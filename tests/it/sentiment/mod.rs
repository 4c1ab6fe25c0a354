//! Scores: which day they belong to, what they add up to, how they go with prices, and what moves them.

mod alignment;
mod correlation;
mod evaluation;
mod model;
mod quality;
mod robust;
mod scope;
mod series;
mod summary;
