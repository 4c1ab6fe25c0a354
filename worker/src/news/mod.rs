//! The jobs that fill the news' tables.

mod collect_posts;
mod erase_posts;
mod stream_posts;
