//! Many rows into one table.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, sea_query::OnConflict};

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
    let mut size = largest(db.get_database_backend());
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

/// Rows of one statement: more gain nothing on SQLite; PostgreSQL is a journey away.
const fn largest(backend: DbBackend) -> usize {
    match backend {
        DbBackend::Sqlite => 64,
        _ => 1024,
    }
}
