//! Posts and articles as their sources gave them, and the stocks they mention.
//!
//! Owns the tables `post`, `mention`, `post_quality`, `post_copy` and `collection_mark`. Storing a post enqueues its scoring
//! in the same transaction.
//!
//! Never scores: that is `sentiment`.

pub mod address;
mod author;
pub mod copy;
pub mod erasure;
mod error;
mod job;
pub mod mark;
mod new_post;
pub mod post;
pub mod quality;

pub use entity::news::post::ContentType;
pub use error::Error;
pub use job::{CollectPosts, ErasePosts, FindCopies, ScorePosts, StreamPosts};
pub use new_post::NewPost;
