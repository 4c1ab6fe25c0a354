//! Where the files of models lie: by their checksum, so that one that was altered is none.

use super::Error;
use platform::hex;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use tokio::fs;

/// A folder of files that are called by their SHA-256.
#[derive(Clone, Debug)]
pub struct Artefacts {
    folder: PathBuf,
}

impl Artefacts {
    /// Those in the folder of models; it is made when the first one is put there.
    pub fn within(models: &Path) -> Self {
        Self { folder: models.join("forecast") }
    }

    /// Puts a file there, whole or not at all, and returns its checksum; twice equals once.
    pub async fn put(&self, bytes: &[u8]) -> Result<String, Error> {
        let checksum = checksum(bytes);
        let path = self.path(&checksum);
        // Another process may put the same one there at the same time.
        let draft = self.folder.join(format!("{checksum}.{}", uuid::Uuid::now_v7().simple()));
        let written = async {
            fs::create_dir_all(&self.folder).await?;
            fs::write(&draft, bytes).await?;
            fs::File::open(&draft).await?.sync_all().await?;
            fs::rename(&draft, &path).await
        };
        written.await.map_err(|error| refused(&checksum, "it cannot be written", &error))?;
        Ok(checksum)
    }

    /// The file with that checksum.
    ///
    /// # Errors
    /// `Artefact` if it is not there, or is another one by now.
    pub async fn get(&self, checksum: &str) -> Result<Vec<u8>, Error> {
        let bytes = fs::read(self.path(checksum)).await;
        let bytes = bytes.map_err(|error| refused(checksum, "it cannot be read", &error))?;
        if self::checksum(&bytes) == checksum {
            Ok(bytes)
        } else {
            Err(Error::Artefact(name(checksum), "it was altered"))
        }
    }

    pub fn path(&self, checksum: &str) -> PathBuf {
        self.folder.join(name(checksum))
    }
}

/// The reason is for the log alone: it may name folders.
fn refused(checksum: &str, why: &'static str, error: &std::io::Error) -> Error {
    tracing::error!(model.checksum = checksum, %error, "A model's file: {why}");
    Error::Artefact(name(checksum), why)
}

fn name(checksum: &str) -> String {
    format!("{checksum}.onnx")
}

fn checksum(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
