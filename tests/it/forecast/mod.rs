//! Features, models and what they expect.

mod backtest;
mod bucket;
mod drift;
mod lineage;
mod market;
mod model;
mod own;
mod prediction;
mod promotion;
mod real;
mod scoreboard;
mod snapshot;
