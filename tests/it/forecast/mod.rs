//! Features, models and what they expect.

mod drift;
mod lineage;
mod market;
mod model;
mod prediction;
mod promotion;
mod scoreboard;
mod snapshot;
