//! Rows that are chained by their hashes, so that whoever alters, removes or reorders one is found out.
//!
//! A head of its own keeps the end: without it nobody would miss the last rows.

use platform::{database::Database, hex};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement};
use sha2::{Digest as _, Sha256};

/// A chain, by the table of its head, which has one row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chain {
    pub head: &'static str,
}

/// How far a chain has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct End {
    pub sequence: i64,
    pub hash: String,
}

/// A row that is chained.
pub(crate) trait Chained {
    fn sequence(&self) -> i64;
    fn previous_hash(&self) -> &str;
    fn hash(&self) -> &str;
    /// What its hash should be: over everything that it said when it was written.
    fn digest(&self) -> String;
}

/// What a check of a whole chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// So many rows, all as they were written.
    Intact(i64),
    /// The first row that is not as it was written, or not there, and how.
    Broken { sequence: i64, how: &'static str },
}

impl Chain {
    /// Where the chain ends. The head stays locked until the commit, so call it as late as possible.
    pub async fn lock(self, txn: &DatabaseTransaction) -> Result<End, DbErr> {
        let sql =
            format!("UPDATE {} SET sequence = sequence WHERE id = 1 RETURNING sequence, hash", self.head);
        one(txn, sql, []).await?.ok_or_else(|| DbErr::RecordNotFound(self.head.to_owned()))
    }

    /// Says where the chain ends now.
    pub async fn finish(self, txn: &DatabaseTransaction, end: End) -> Result<(), DbErr> {
        let sql = format!("UPDATE {} SET sequence = $1, hash = $2 WHERE id = 1", self.head);
        let values = [end.sequence.into(), end.hash.into()];
        let statement = Statement::from_sql_and_values(txn.get_database_backend(), sql, values);
        txn.execute_raw(statement).await?;
        Ok(())
    }

    /// Checks every row and the head, as they are at one moment: what is written meanwhile is no break.
    ///
    /// `page` reads the rows after a number, in order and in batches: there may be many.
    pub async fn verify<R: Chained>(
        self,
        db: &Database,
        page: impl AsyncFn(&DatabaseTransaction, i64) -> Result<Vec<R>, DbErr>,
    ) -> Result<Verdict, DbErr> {
        let txn = db.snapshot().await?;
        let mut end = End::default();
        let verdict = loop {
            let rows = page(&txn, end.sequence).await?;
            if rows.is_empty() {
                break self.verdict(&txn, &end).await?;
            }
            if let Some(broken) = rows.iter().find_map(|row| end.step(row)) {
                break broken;
            }
        };
        txn.commit().await?;
        Ok(verdict)
    }

    /// What is to be said of a chain that was walked to its last row.
    async fn verdict(self, db: &impl ConnectionTrait, last: &End) -> Result<Verdict, DbErr> {
        let head = one(db, format!("SELECT sequence, hash FROM {} WHERE id = 1", self.head), []).await?;
        Ok(if head.as_ref() == Some(last) {
            Verdict::Intact(last.sequence)
        } else {
            Verdict::Broken { sequence: last.sequence + 1, how: "the end is missing" }
        })
    }
}

async fn one<const N: usize>(
    db: &impl ConnectionTrait,
    sql: String,
    values: [sea_orm::Value; N],
) -> Result<Option<End>, DbErr> {
    let row =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let end = |row: sea_orm::QueryResult| {
        Ok(End { sequence: row.try_get("", "sequence")?, hash: row.try_get("", "hash")? })
    };
    row.map(end).transpose()
}

impl End {
    /// Goes on to the next row; says how if it is not the one that was written next.
    fn step(&mut self, row: &impl Chained) -> Option<Verdict> {
        let how = if row.sequence() != self.sequence + 1 {
            "it is missing"
        } else if row.previous_hash() != self.hash {
            "it does not follow the one before it"
        } else if row.hash() != row.digest() {
            "it was altered"
        } else {
            *self = Self { sequence: row.sequence(), hash: row.hash().to_owned() };
            return None;
        };
        Some(Verdict::Broken { sequence: self.sequence + 1, how })
    }
}

/// SHA-256 of a row in one unambiguous form.
pub(crate) fn digest(row: &serde_json::Value) -> String {
    hex(&Sha256::digest(row.to_string().as_bytes()))
}
