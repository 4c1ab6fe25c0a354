//! Files into the product and out of it.

use crate::TestApp;
use std::{
    fs,
    path::{Path, PathBuf},
    pin::pin,
};
use tempfile::TempDir;
use tokio::sync::mpsc::unbounded_channel;
use worker::{
    export::{Export, export},
    import::{Imported, Progress, Table, import},
};

/// Writes a file into `folder`.
pub fn file(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

impl TestApp {
    /// Imports the file at `path`, which must be possible.
    pub async fn import(&self, table: Table, path: &Path) -> Imported {
        import(&self.platform, table, path, None, |_| ()).await.unwrap()
    }

    /// Imports until the first batch is stored, and stops there as a killed process would; how many rows that were.
    ///
    /// # Panics
    /// When the file is no longer than a batch.
    pub async fn import_killed(&self, table: Table, path: &Path) -> usize {
        let (sender, mut first_batch) = unbounded_channel();
        let tell = move |progress: Progress| sender.send(progress.rows).unwrap_or_default();
        let killed = pin!(import(&self.platform, table, path, None, tell));
        tokio::select! {
            biased;
            rows = first_batch.recv() => rows.unwrap(),
            result = killed => panic!("nobody killed it: {result:?}"),
        }
    }

    /// The whole table as CSV.
    pub async fn export(&self, what: Export) -> String {
        let mut bytes = Vec::new();
        export(&self.platform, what, None, &mut bytes).await.unwrap();
        String::from_utf8(bytes).unwrap()
    }
}
