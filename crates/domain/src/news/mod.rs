//! Posts and articles as their sources gave them, and the stocks they mention.
//!
//! Owns the tables `post` and `mention`. Storing a post enqueues its scoring in the same transaction.
//!
//! Never scores: that is `sentiment`.

mod author;
pub mod erasure;
mod error;
mod job;
mod new_post;
pub mod post;

pub use entity::news::post::ContentType;
pub use error::Error;
pub use job::{CollectPosts, ErasePosts, ScorePosts, StreamPosts};
pub use new_post::NewPost;
