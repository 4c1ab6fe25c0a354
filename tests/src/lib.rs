//! The workshop of the tests: a whole product per test, builders for its data.
//!
//! Every test runs on SQLite; with `BELLWETHER_TEST_DATABASE_URL=postgres://…/postgres` the same tests run on
//! PostgreSQL, each in a database of its own, and with `BELLWETHER_TEST_REDIS_URL=redis://…` over Redis.

#![expect(clippy::unwrap_used, reason = "in a test a failure is a panic")]

mod app;
mod bert;
mod bucket;
pub mod build;
mod database;
mod import;
mod nginx;
pub mod person;
pub mod port;
mod process;
mod provider;
pub mod readme;
mod redis;
pub mod secret;
pub mod shared_data;
mod socket;
mod vendor;

pub use app::TestApp;
pub use bert::{Bert, onnx_runtime};
pub use bucket::S3;
pub use database::on_postgres;
pub use import::file;
pub use nginx::Nginx;
pub use person::Person;
pub use process::{Finished, Process, Program, drills, open_files};
pub use provider::OpenIdProvider;
pub use redis::RedisServer;
pub use socket::{LOST, Socket};
pub use vendor::{Article, Bar, Chaos, Fault, Mood, VENDOR_KEY, Vendors};
