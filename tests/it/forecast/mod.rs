//! Features, models and what they expect.

mod drift;
mod lineage;
mod market;
mod model;
mod prediction;
mod promotion;
mod real;
mod scoreboard;
mod snapshot;
