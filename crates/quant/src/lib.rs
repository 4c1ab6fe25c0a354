//! Pure finance maths: numbers in, numbers out.
//!
//! One formula family per file, each with its definition, its source and reference values. Owns no table, announces
//! nothing, never does I/O and never panics on data: what cannot be computed is `None`.

pub mod adjustment;
pub mod backtest;
pub mod comparison;
pub mod correlation;
pub mod defect;
pub mod indicator;
pub mod interval;
pub mod normal;
pub mod performance;
pub mod returns;
pub mod score;
pub mod statistics;
pub mod trend;
pub mod weighted;
