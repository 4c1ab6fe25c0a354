//! New keys for old ones.

use super::{MasterKey, MasterKeySource, Vault, VaultError, data_key};
use sea_orm::DatabaseTransaction;
use tokio::sync::RwLockWriteGuard;

impl Vault {
    /// Wraps all data keys by `new`, all or none; what was sealed stays as it is. `record` writes down that it happened.
    ///
    /// A master key from a file is replaced there. One from `BELLWETHER_MASTER_KEY` must be replaced in the environment
    /// of every process: those that run on keep the data keys they know.
    pub async fn rotate_master_key<E: From<VaultError>>(
        &self,
        new: MasterKey,
        record: impl AsyncFnOnce(&DatabaseTransaction) -> Result<(), E>,
    ) -> Result<(), E> {
        let txn = self.0.db.begin().await.map_err(VaultError::from)?;
        let mut master = self.rewrap(&txn, &new).await?;
        record(&txn).await?;
        txn.commit().await.map_err(VaultError::from)?;
        Ok(master.replace(new)?)
    }

    async fn rewrap(
        &self,
        txn: &DatabaseTransaction,
        new: &MasterKey,
    ) -> Result<RwLockWriteGuard<'_, MasterKeySource>, VaultError> {
        data_key::lock(txn).await?;
        // After the database's lock, as everywhere: in the other order two tasks could wait for each other.
        let master = self.0.master.write().await;
        let rewrap = |row: &data_key::Row| {
            let key = row.unwrap_key(&master.find(&row.master_fingerprint)?)?;
            Ok(data_key::Row::wrap(row.id, &key, new))
        };
        let rows = data_key::list(txn).await?.iter().map(rewrap).collect::<Result<Vec<_>, VaultError>>()?;
        // Before the commit, since afterwards nothing else opens the data keys.
        master.stage(new)?;
        for row in &rows {
            data_key::update(txn, row).await?;
        }
        Ok(master)
    }

    /// Adds a data key, which seals all that is sealed from now on; the others still open what they sealed.
    ///
    /// Other processes take it up when they start.
    pub async fn rotate_data_key(&self) -> Result<(), VaultError> {
        let txn = self.0.db.begin().await?;
        data_key::lock(&txn).await?;
        let master = self.0.master.read().await;
        let master = match data_key::find_newest(&txn).await? {
            Some(row) => master.find(&row.master_fingerprint)?,
            None => master.read_or_create()?,
        };
        data_key::retire_all(&txn, self.0.clock.now()).await?;
        let key = self.insert_key(&txn, &master).await?;
        txn.commit().await?;
        self.keep_newest(key).await;
        Ok(())
    }
}
