//! A transaction that tells when it has changed something for all to see.

use super::Changes;
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use std::ops::Deref;

/// Rolls back when dropped.
#[derive(Debug)]
pub struct Transaction {
    inner: DatabaseTransaction,
    changes: Changes,
}

impl Transaction {
    pub(super) fn new(inner: DatabaseTransaction, changes: Changes) -> Self {
        Self { inner, changes }
    }

    pub async fn commit(self) -> Result<(), DbErr> {
        // Also when it fails, or nobody waits for it any more: it may have gone well all the same.
        let _counted = Counted(self.changes);
        self.inner.commit().await
    }

    pub async fn rollback(self) -> Result<(), DbErr> {
        self.inner.rollback().await
    }
}

/// Counts a change at its end.
struct Counted(Changes);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.count();
    }
}

impl Deref for Transaction {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.inner
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}
