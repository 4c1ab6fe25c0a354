//! Features, models and what they expect.

mod lineage;
mod market;
mod model;
mod prediction;
mod promotion;
mod scoreboard;
mod snapshot;
