//! What is kept about someone, as it is handed out to them.

use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use platform::database::DatabaseConnection;
use sea_orm::{DbErr, EntityTrait, Select};
use serde_json::Value;

/// A part of it: a name, and rows that are read only when their turn comes.
///
/// Each feature that keeps something about accounts gives its sections; `admin::personal` lists them all.
pub struct Section<'a> {
    /// In camel case.
    pub name: &'static str,
    pub rows: BoxStream<'a, Result<Value, DbErr>>,
}

impl<'a> Section<'a> {
    /// The rows of `select`, each as `show` has it: never a hash, never a secret, nothing about anyone else.
    pub(crate) fn new<E: EntityTrait>(
        db: &'a DatabaseConnection,
        name: &'static str,
        select: Select<E>,
        show: impl Fn(&E::Model) -> Value + Send + 'a,
    ) -> Self
    where
        E::Model: Send + 'a,
    {
        let rows = stream::once(async move { select.stream(db).await }).try_flatten();
        Self { name, rows: rows.map_ok(move |row| show(&row)).boxed() }
    }
}

impl std::fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Section").field("name", &self.name).finish_non_exhaustive()
    }
}
