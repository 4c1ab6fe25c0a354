//! What every process stands on: settings, database, bucket, bus, clock, calendar, faults, secrets, limits, mail, telemetry.
//!
//! Knows nothing of markets or of GraphQL, and imports no other crate of ours.

pub mod bucket;
pub mod bus;
pub mod calendar;
pub mod clock;
pub mod config;
pub mod database;
pub mod fault;
mod hex;
pub mod limit;
pub mod mail;
pub mod openid;
pub mod shutdown;
pub mod telemetry;
pub mod vault;

use bucket::Bucket;
use bus::Bus;
use clock::Clock;
use database::Database;
use limit::Limiter;
use std::sync::Arc;
use vault::Vault;

pub use fault::{Fault, FaultKind};
pub use hex::hex;

/// The handles that a use case needs.
#[derive(Clone, Debug)]
pub struct Platform {
    pub db: Database,
    pub bus: Arc<dyn Bus>,
    pub clock: Clock,
    pub vault: Vault,
    pub limiter: Limiter,
    /// Absent: nobody signs in with Google.
    pub google: Option<openid::Provider>,
    /// Absent: files lie on this machine only.
    pub bucket: Option<Bucket>,
}

impl Platform {
    /// Connects to the database and the bus that `config` names.
    pub async fn connect(config: &config::Config) -> Result<Self, ConnectError> {
        let db = Database::connect(&config.database).await?;
        let clock = Clock::system();
        let vault = Vault::new(db.clone(), clock.clone(), config.master_key.clone());
        let redis = config.redis.as_ref();
        let limiter = Limiter::new(clock.clone(), redis)?;
        let google = config.google.clone().map(openid::Provider::new).transpose()?;
        let bucket = config.bucket.as_ref().map(Bucket::new).transpose()?;
        Ok(Self { db, bus: bus::connect(redis)?, clock, vault, limiter, google, bucket })
    }
}

/// Why a process could not connect at start.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(transparent)]
    Database(#[from] database::DatabaseError),
    #[error(transparent)]
    Bus(#[from] bus::BusError),
    #[error(transparent)]
    Limit(#[from] limit::LimitError),
    #[error(transparent)]
    Bucket(#[from] bucket::BucketError),
    #[error(transparent)]
    OpenId(#[from] openid::OpenIdError),
}
