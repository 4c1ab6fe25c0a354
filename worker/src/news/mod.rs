//! The jobs that fill the news' tables.

mod collect_posts;
mod erase_posts;
mod find_copies;
mod gather;
mod stream_posts;
