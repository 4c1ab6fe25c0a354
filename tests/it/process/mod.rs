//! The programs as processes: killed, stopped, misconfigured, started together.
//!
//! They must be built before: `cargo build --workspace --bins`.

mod administer;
mod clients;
mod connection;
mod crowd;
mod database;
mod evaluate;
mod follower;
mod import;
mod kill_import;
mod kill_worker;
mod master_key;
mod migration;
mod port;
mod query;
mod resume;
mod rolling;
mod scored;
mod settings;
mod shutdown;
mod silence;
mod totp;
