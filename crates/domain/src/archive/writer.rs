//! Adds parts to an archive.

use super::{Error, LIFETIME, PART, State};
use entity::archive::{
    archive::{Column, Entity},
    archive_part,
};
use platform::{Platform, hex};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, DatabaseTransaction, EntityTrait, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The only one who may add parts now; another one that starts takes that away.
#[derive(Debug)]
pub struct Writer {
    platform: Platform,
    archive: Uuid,
    token: Uuid,
    seq: i32,
    size: u64,
    digest: Sha256,
    waiting: Vec<u8>,
}

impl Writer {
    /// Starts over: what an earlier writer left goes.
    ///
    /// # Errors
    /// `Replaced` when the archive is ready, or not there any more.
    pub async fn start(platform: &Platform, archive: Uuid) -> Result<Self, Error> {
        let token = Uuid::now_v7();
        let mine = Entity::update_many()
            .col_expr(Column::Writer, Expr::val(token))
            .col_expr(Column::SizeBytes, Expr::val(0_i64))
            .filter(Column::Id.eq(archive))
            .filter(Column::State.eq(State::Writing))
            .exec(platform.db.connection())
            .await?;
        if mine.rows_affected != 1 {
            return Err(Error::Replaced);
        }
        super::expiry::delete_parts(platform, archive).await?;
        let (platform, digest) = (platform.clone(), Sha256::new());
        Ok(Self { platform, archive, token, seq: 0, size: 0, digest, waiting: Vec::new() })
    }

    /// How many bytes were given so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds `bytes`; each whole part is stored at once.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        self.digest.update(bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PART - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            bytes = later;
            if self.waiting.len() == PART {
                let txn = self.platform.db.begin().await?;
                self.store(&txn).await?;
                txn.commit().await?;
            }
        }
        Ok(())
    }

    /// Stores what is left and makes the archive ready, in the caller's transaction.
    pub async fn finish(mut self, txn: &DatabaseTransaction, rows: Option<i64>) -> Result<(), Error> {
        if !self.waiting.is_empty() {
            self.store(txn).await?;
        }
        let now = self.platform.clock.now();
        let ready = Entity::update_many()
            .col_expr(Column::State, Expr::val(State::Ready))
            .col_expr(Column::Writer, Expr::val(None::<Uuid>))
            .col_expr(Column::Sha256, Expr::val(hex(&self.digest.finalize())))
            .col_expr(Column::RowCount, Expr::val(rows))
            .col_expr(Column::ReadyAt, Expr::val(now))
            .col_expr(Column::ExpiresAt, Expr::val(now + LIFETIME))
            .filter(Column::Id.eq(self.archive))
            .filter(Column::Writer.eq(self.token))
            .exec(txn)
            .await?;
        if ready.rows_affected == 1 { Ok(()) } else { Err(Error::Replaced) }
    }

    async fn store(&mut self, txn: &DatabaseTransaction) -> Result<(), Error> {
        let bytes = std::mem::replace(&mut self.waiting, Vec::with_capacity(PART));
        let length = i64::try_from(bytes.len()).expect("a part is small");
        // The row stays locked until the commit, so nobody takes over between the two statements.
        let mine = Entity::update_many()
            .col_expr(Column::SizeBytes, Expr::col(Column::SizeBytes).add(length))
            .filter(Column::Id.eq(self.archive))
            .filter(Column::Writer.eq(self.token))
            .exec(txn)
            .await?;
        if mine.rows_affected != 1 {
            return Err(Error::Replaced);
        }
        let part = archive_part::ActiveModel {
            archive_id: Set(self.archive),
            seq: Set(self.seq),
            bytes: Set(bytes),
        };
        archive_part::Entity::insert(part).exec_without_returning(txn).await?;
        self.seq += 1;
        Ok(())
    }
}
