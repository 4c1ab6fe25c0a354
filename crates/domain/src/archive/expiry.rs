//! How archives go: their parts a few at a time, then they themselves.

use super::Error;
use chrono::{DateTime, Utc};
use entity::archive::{
    archive::{Column, Entity},
    archive_part,
};
use platform::Platform;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, sea_query::Expr,
};
use uuid::Uuid;

/// Parts that go in one transaction.
const BATCH: u64 = 16;

/// Deletes an archive. Nobody finds it from the first moment on.
pub async fn delete(platform: &Platform, id: Uuid) -> Result<(), Error> {
    let db = platform.db.connection();
    hide(db, platform.clock.now(), id).await?;
    delete_parts(platform, id).await?;
    Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Makes it as good as deleted, to readers and writers, until `delete` is through.
pub async fn hide(db: &impl ConnectionTrait, now: DateTime<Utc>, id: Uuid) -> Result<(), Error> {
    let gone = Entity::update_many()
        .col_expr(Column::ExpiresAt, Expr::val(now))
        .col_expr(Column::Writer, Expr::val(None::<Uuid>));
    gone.filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Deletes what has expired; returns how many archives that were.
pub async fn delete_expired(platform: &Platform) -> Result<u64, Error> {
    let now = platform.clock.now();
    let expired = Entity::find().select_only().column(Column::Id).filter(Column::ExpiresAt.lte(now));
    let expired: Vec<Uuid> = expired.into_tuple().all(platform.db.connection()).await?;
    for id in &expired {
        delete(platform, *id).await?;
    }
    Ok(expired.len() as u64)
}

/// Deletes all archives of an account, in the transaction of its end.
pub async fn delete_of(txn: &DatabaseTransaction, owner: Uuid) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AccountId.eq(owner)).exec(txn).await?;
    Ok(())
}

pub(super) async fn delete_parts(platform: &Platform, id: Uuid) -> Result<(), Error> {
    let db = platform.db.connection();
    loop {
        let some = archive_part::Entity::find()
            .select_only()
            .column(archive_part::Column::Seq)
            .filter(archive_part::Column::ArchiveId.eq(id))
            .order_by_asc(archive_part::Column::Seq)
            .limit(BATCH);
        let some: Vec<i32> = some.into_tuple().all(db).await?;
        if some.is_empty() {
            return Ok(());
        }
        archive_part::Entity::delete_many()
            .filter(archive_part::Column::ArchiveId.eq(id))
            .filter(archive_part::Column::Seq.is_in(some))
            .exec(db)
            .await?;
    }
}
