//! Many rows into one table.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, sea_query::OnConflict};

/// Rows of one statement, a power of four. More gain nothing on SQLite, and PostgreSQL plans hundreds of rows slowly: of
/// 215 895 bars, 64 at a time take half as long as 1024 at a time.
const LARGEST: usize = 64;

/// Inserts all of `rows`; with `on_conflict`, as it says.
///
/// In statements of a few sizes only, each a quarter of the one before: every different size is another statement to
/// prepare, and to keep in the caches of all connections.
pub(crate) async fn insert_all<A>(
    db: &impl ConnectionTrait,
    rows: Vec<A>,
    on_conflict: Option<OnConflict>,
) -> Result<(), DbErr>
where
    A: ActiveModelTrait + Send,
{
    let mut size = LARGEST;
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    while left > 0 {
        if left < size {
            size /= 4;
            continue;
        }
        let mut insert = A::Entity::insert_many(rows.by_ref().take(size));
        if let Some(on_conflict) = &on_conflict {
            insert = insert.on_conflict(on_conflict.clone());
        }
        insert.exec_without_returning(db).await?;
        left -= size;
    }
    Ok(())
}
