//! Posts and articles, the stocks they mention, what they are worth and which repeat each other.

pub mod collection_mark;
pub mod mention;
pub mod post;
pub mod post_copy;
pub mod post_quality;
pub mod scrape;
