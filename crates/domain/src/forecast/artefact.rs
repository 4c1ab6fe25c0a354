//! Where the files of models lie: by their checksum, so that one that was altered is none.

use super::Error;
use platform::{
    Platform,
    bucket::{Bucket, BucketError},
    config::ModelsConfig,
    hex,
};
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use tokio::fs;

const FOLDER: &str = "forecast";

/// Files that are called by their SHA-256: in a folder, and in the bucket that all machines share, if there is one.
#[derive(Clone, Debug)]
pub struct Artefacts {
    folder: PathBuf,
    bucket: Option<Bucket>,
}

impl Artefacts {
    /// Those in the folder of models, which is made when the first one is put there, and in the bucket.
    pub fn new(platform: &Platform, models: &ModelsConfig) -> Self {
        Self { folder: models.folder.join(FOLDER), bucket: platform.bucket.clone() }
    }

    /// Puts a file there, whole or not at all, and returns its checksum; twice equals once.
    pub async fn put(&self, bytes: &[u8]) -> Result<String, Error> {
        let checksum = checksum(bytes);
        self.keep(&checksum, bytes).await?;
        if let Some(bucket) = &self.bucket {
            let put = bucket.put(&key(&checksum), bytes.to_vec()).await;
            put.map_err(|error| out_of_reach(&checksum, &error))?;
        }
        Ok(checksum)
    }

    /// The file with that checksum; one that lies only in the bucket is kept here, too.
    ///
    /// # Errors
    /// `Artefact` if it is not there, or is another one by now.
    pub async fn get(&self, checksum: &str) -> Result<Vec<u8>, Error> {
        let found = match fs::read(self.path(checksum)).await {
            Ok(bytes) if self::checksum(&bytes) == checksum => return Ok(bytes),
            Ok(_) => Error::Artefact(name(checksum), "it was altered"),
            Err(error) => refused(checksum, "it cannot be read", &error),
        };
        let Some(bucket) = &self.bucket else { return Err(found) };
        let bytes = fetch(bucket, checksum).await?;
        self.keep(checksum, &bytes).await?;
        Ok(bytes)
    }

    async fn keep(&self, checksum: &str, bytes: &[u8]) -> Result<(), Error> {
        // Another process may put the same one there at the same time.
        let draft = self.folder.join(format!("{checksum}.{}", uuid::Uuid::now_v7().simple()));
        let written = async {
            fs::create_dir_all(&self.folder).await?;
            fs::write(&draft, bytes).await?;
            fs::File::open(&draft).await?.sync_all().await?;
            fs::rename(&draft, self.path(checksum)).await
        };
        written.await.map_err(|error| refused(checksum, "it cannot be written", &error))
    }

    pub fn path(&self, checksum: &str) -> PathBuf {
        self.folder.join(name(checksum))
    }
}

async fn fetch(bucket: &Bucket, checksum: &str) -> Result<Vec<u8>, Error> {
    let found = bucket.get(&key(checksum)).await.map_err(|error| out_of_reach(checksum, &error))?;
    let found = found.ok_or(Error::Artefact(name(checksum), "it is neither here nor in the bucket"))?;
    if self::checksum(&found) == checksum {
        Ok(found)
    } else {
        Err(Error::Artefact(name(checksum), "it was altered"))
    }
}

/// The reason is for the log alone: it may name machines.
fn out_of_reach(checksum: &str, error: &BucketError) -> Error {
    tracing::error!(model.checksum = checksum, %error, "A model's file: the bucket refuses");
    Error::Bucket(name(checksum))
}

/// The reason is for the log alone: it may name folders.
fn refused(checksum: &str, why: &'static str, error: &std::io::Error) -> Error {
    tracing::error!(model.checksum = checksum, %error, "A model's file: {why}");
    Error::Artefact(name(checksum), why)
}

/// What it is called in the bucket.
fn key(checksum: &str) -> String {
    format!("{FOLDER}/{}", name(checksum))
}

fn name(checksum: &str) -> String {
    format!("{checksum}.onnx")
}

fn checksum(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
