//! The jobs that fill the news' tables.

mod collect_posts;
mod stream_posts;
