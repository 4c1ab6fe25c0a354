//! Seals secrets before they are stored: envelope encryption with XChaCha20-Poly1305.
//!
//! Owns the table `data_key`. A data key seals values; the master key, which never enters the database, only wraps
//! data keys, so a new master key costs a handful of rows and no sealed value changes.
//!
//! Never reads the master key before it is needed, and never makes one for a database that was sealed with another.

mod cipher;
mod data_key;
mod error;
mod master_key;
mod rotate;
mod source;

pub use error::VaultError;
pub use master_key::MasterKey;
pub use source::MasterKeySource;

use crate::{clock::Clock, database::Database};
use data_key::DataKey;
use sea_orm::DatabaseTransaction;
use std::{collections::HashMap, fmt, sync::Arc};
use tokio::sync::RwLock;
use uuid::Uuid;
use zeroize::Zeroizing;

const VERSION: &str = "v1";

/// Seals and opens secrets; clones share one set of keys.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    db: Database,
    clock: Clock,
    master: RwLock<MasterKeySource>,
    keys: RwLock<Keys>,
}

/// Data keys that were unwrapped before.
#[derive(Default)]
struct Keys {
    newest: Option<Arc<DataKey>>,
    known: HashMap<Uuid, Arc<DataKey>>,
}

/// What `Vault::check` found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultState {
    /// Nothing was ever sealed; the first seal makes what is missing.
    Unused,
    /// The master key opens all data keys of the database.
    Fits { fingerprint: String, data_keys: usize },
}

impl Vault {
    /// A vault in `db`; touches neither database nor disk before it is used.
    pub fn new(db: Database, clock: Clock, master: MasterKeySource) -> Self {
        Self(Arc::new(Inner { db, clock, master: RwLock::new(master), keys: RwLock::default() }))
    }

    /// Seals `plaintext`, to be opened for the same `purpose` only: `v1.<data key>.<base64url(nonce || ciphertext)>`.
    ///
    /// The very first seal writes to the database, so seal before a transaction begins: on SQLite it would wait for itself.
    pub async fn seal(&self, purpose: &str, plaintext: &[u8]) -> Result<String, VaultError> {
        let key = self.newest().await?;
        let body = key.cipher.seal(&context(key.id, purpose), plaintext);
        Ok(format!("{VERSION}.{}.{body}", key.id))
    }

    /// Opens what `seal` made for `purpose`; the plaintext is erased when dropped.
    pub async fn open(&self, purpose: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (id, body) = parse(sealed).ok_or(VaultError::Tampered)?;
        let key = self.key(id).await?;
        key.cipher.open(&context(id, purpose), body).ok_or(VaultError::Tampered)
    }

    /// Succeeds when the master key fits the database, which it only reads.
    pub async fn check(&self) -> Result<VaultState, VaultError> {
        let rows = data_key::list(self.0.db.connection()).await?;
        let master = self.0.master.read().await;
        for row in &rows {
            row.unwrap_key(&master.find(&row.master_fingerprint)?)?;
        }
        let Some(newest) = rows.last() else {
            return master.read().map(|_| VaultState::Unused);
        };
        Ok(VaultState::Fits { fingerprint: newest.master_fingerprint.clone(), data_keys: rows.len() })
    }

    async fn newest(&self) -> Result<Arc<DataKey>, VaultError> {
        if let Some(key) = self.0.keys.read().await.newest.clone() {
            return Ok(key);
        }
        let key = match data_key::find_newest(self.0.db.connection()).await? {
            Some(row) => self.unwrap_row(&row).await?,
            None => self.create_first().await?,
        };
        Ok(self.keep_newest(key).await)
    }

    async fn key(&self, id: Uuid) -> Result<Arc<DataKey>, VaultError> {
        if let Some(key) = self.0.keys.read().await.known.get(&id) {
            return Ok(key.clone());
        }
        let row = data_key::find(self.0.db.connection(), id).await?;
        let key = Arc::new(self.unwrap_row(&row.ok_or(VaultError::UnknownDataKey(id))?).await?);
        self.0.keys.write().await.known.insert(id, key.clone());
        Ok(key)
    }

    async fn unwrap_row(&self, row: &data_key::Row) -> Result<DataKey, VaultError> {
        let master = self.0.master.read().await.find(&row.master_fingerprint)?;
        Ok(DataKey::new(row.id, &row.unwrap_key(&master)?))
    }

    /// Makes the database's first data key, or takes the one of a process that was faster.
    async fn create_first(&self) -> Result<DataKey, VaultError> {
        let txn = self.0.db.begin().await?;
        data_key::lock(&txn).await?;
        if let Some(row) = data_key::find_newest(&txn).await? {
            return self.unwrap_row(&row).await;
        }
        // Within the lock: a process that comes later and finds a data key must not make a master key of its own.
        let master = self.0.master.read().await.read_or_create()?;
        let key = self.insert_key(&txn, &master).await?;
        txn.commit().await?;
        Ok(key)
    }

    async fn insert_key(&self, txn: &DatabaseTransaction, master: &MasterKey) -> Result<DataKey, VaultError> {
        let key = cipher::random_key();
        let row = data_key::Row::wrap(Uuid::now_v7(), &key, master);
        data_key::insert(txn, &row, self.0.clock.now()).await?;
        Ok(DataKey::new(row.id, &key))
    }

    async fn keep_newest(&self, key: DataKey) -> Arc<DataKey> {
        let key = Arc::new(key);
        let mut keys = self.0.keys.write().await;
        keys.known.insert(key.id, key.clone());
        keys.newest = Some(key.clone());
        key
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

/// What a sealed value is bound to; ids are of one length, so no two pairs give the same text.
fn context(id: Uuid, purpose: &str) -> String {
    format!("{id} {purpose}")
}

fn parse(sealed: &str) -> Option<(Uuid, &str)> {
    let (id, body) = sealed.strip_prefix(VERSION)?.strip_prefix('.')?.split_once('.')?;
    Some((id.parse().ok()?, body))
}
