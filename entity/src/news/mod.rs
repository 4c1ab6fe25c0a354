//! Posts and articles, and the stocks they mention.

pub mod mention;
pub mod post;
