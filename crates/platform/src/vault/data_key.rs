//! The table `data_key`: data keys, each wrapped by the master key.

use super::{
    MasterKey, VaultError,
    cipher::{Cipher, Key},
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, FromQueryResult, Statement, Value,
};
use uuid::Uuid;
use zeroize::Zeroizing;

const COLUMNS: &str = "SELECT id, wrapped, master_fingerprint FROM data_key";

/// A data key, ready for use.
pub(super) struct DataKey {
    pub id: Uuid,
    pub cipher: Cipher,
}

impl DataKey {
    pub(super) fn new(id: Uuid, key: &Key) -> Self {
        Self { id, cipher: Cipher::new(key) }
    }
}

/// A data key as it is stored.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Row {
    pub id: Uuid,
    pub wrapped: String,
    pub master_fingerprint: String,
}

impl Row {
    pub(super) fn wrap(id: Uuid, key: &Key, master: &MasterKey) -> Self {
        let wrapped = master.cipher().seal(&context(id), &**key);
        Self { id, wrapped, master_fingerprint: master.fingerprint() }
    }

    pub(super) fn unwrap_key(&self, master: &MasterKey) -> Result<Key, VaultError> {
        let key = master.cipher().open(&context(self.id), &self.wrapped).ok_or(VaultError::Tampered)?;
        let key: &[u8; 32] = key.as_slice().try_into().map_err(|_| VaultError::Tampered)?;
        Ok(Zeroizing::new(*key))
    }
}

/// Binds a wrapped key to its row.
fn context(id: Uuid) -> String {
    format!("bellwether data key {id}")
}

/// Keeps other processes from adding or re-wrapping data keys until the transaction ends.
pub(super) async fn lock(txn: &DatabaseTransaction) -> Result<(), DbErr> {
    // On SQLite the transaction holds the only write lock already.
    if txn.get_database_backend() == DbBackend::Postgres {
        txn.execute_unprepared("LOCK TABLE data_key IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    Ok(())
}

/// All rows, oldest first.
pub(super) async fn list(db: &impl ConnectionTrait) -> Result<Vec<Row>, DbErr> {
    select(db, "ORDER BY id", []).all(db).await
}

/// The row that new seals use.
pub(super) async fn find_newest(db: &impl ConnectionTrait) -> Result<Option<Row>, DbErr> {
    select(db, "WHERE retired_at IS NULL ORDER BY id DESC LIMIT 1", []).one(db).await
}

pub(super) async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Row>, DbErr> {
    select(db, "WHERE id = $1", [id.into()]).one(db).await
}

pub(super) async fn insert(db: &impl ConnectionTrait, row: &Row, now: DateTime<Utc>) -> Result<(), DbErr> {
    let sql = "INSERT INTO data_key (id, wrapped, master_fingerprint, created_at) VALUES ($1, $2, $3, $4)";
    let values: [Value; 4] =
        [row.id.into(), row.wrapped.clone().into(), row.master_fingerprint.clone().into(), now.into()];
    execute(db, sql, values).await.map(drop)
}

/// Takes all data keys out of use for new seals.
pub(super) async fn retire_all(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    execute(db, "UPDATE data_key SET retired_at = $1 WHERE retired_at IS NULL", [now.into()]).await.map(drop)
}

/// Stores the row's new wrapping.
pub(super) async fn update(db: &impl ConnectionTrait, row: &Row) -> Result<(), DbErr> {
    let sql = "UPDATE data_key SET wrapped = $2, master_fingerprint = $3 WHERE id = $1";
    let values: [Value; 3] =
        [row.id.into(), row.wrapped.clone().into(), row.master_fingerprint.clone().into()];
    execute(db, sql, values).await.map(drop)
}

fn select<const N: usize>(
    db: &impl ConnectionTrait,
    rest: &str,
    values: [Value; N],
) -> sea_orm::SelectorRaw<sea_orm::SelectModel<Row>> {
    let sql = format!("{COLUMNS} {rest}");
    Row::find_by_statement(Statement::from_sql_and_values(db.get_database_backend(), sql, values))
}

async fn execute<const N: usize>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Result<ExecResult, DbErr> {
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await
}
