//! A bucket that speaks S3: files that all machines share, each written whole or not at all.

use crate::config::BucketConfig;
use object_store::{
    ClientOptions, Error, ObjectStoreExt as _, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use secrecy::ExposeSecret as _;
use std::{sync::Arc, time::Duration};

/// How long an answer may take, and all tries together.
const TIMEOUT: Duration = Duration::from_secs(30);
const RETRIES: RetryConfig = RetryConfig {
    backoff: object_store::BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(2),
        base: 2.0,
    },
    max_retries: 3,
    retry_timeout: Duration::from_mins(1),
};

/// A bucket; clones share its connections.
#[derive(Clone, Debug)]
pub struct Bucket(Arc<Place>);

#[derive(Debug)]
struct Place {
    store: AmazonS3,
    prefix: Path,
}

/// Why a file could not be put or fetched; it may name the bucket and the machine, but no secret.
#[derive(Debug, thiserror::Error)]
#[error("the bucket does not answer as it should: {0}")]
pub struct BucketError(#[from] Error);

impl Bucket {
    /// The bucket of that name; nothing is sent yet.
    pub fn new(config: &BucketConfig) -> Result<Self, BucketError> {
        // What else a machine is given, such as the token of its role, stands in the environment as for every tool of Amazon's.
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(&config.name)
            .with_region(&config.region)
            .with_retry(RETRIES)
            .with_client_options(ClientOptions::new().with_timeout(TIMEOUT));
        if let Some(endpoint) = &config.endpoint {
            builder = builder.with_endpoint(endpoint.to_string()).with_allow_http(!endpoint.is_https());
        }
        if let Some((id, secret)) = &config.key {
            builder = builder.with_access_key_id(id).with_secret_access_key(secret.expose_secret());
        }
        let prefix = Path::from(config.prefix.as_str());
        Ok(Self(Arc::new(Place { store: builder.build()?, prefix })))
    }

    /// Puts a file there, in the place of one of that name.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), BucketError> {
        self.0.store.put(&self.path(name), bytes.into()).await?;
        Ok(())
    }

    /// A file; `None` if there is none of that name.
    pub async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, BucketError> {
        match self.0.store.get(&self.path(name)).await {
            Ok(found) => Ok(Some(found.bytes().await?.into())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn path(&self, name: &str) -> Path {
        name.split('/').fold(self.0.prefix.clone(), Path::join)
    }
}
