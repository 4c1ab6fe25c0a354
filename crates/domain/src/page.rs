//! Keyset pages: stable under inserts, as fast on page 1000 as on page 1.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QuerySelect, QueryTrait, Select,
    Value,
    sea_query::{Expr, ExprTrait, IntoColumnRef, Query, SelectStatement, SimpleExpr, UnionType},
};
use std::collections::HashMap;
use uuid::Uuid;

pub use sea_orm::Order;

/// Which part of an ordered list is wanted; `K` is the sort key of a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageRequest<K> {
    pub size: u64,
    /// From the end of the list backwards.
    pub backwards: bool,
    pub after: Option<K>,
    pub before: Option<K>,
}

/// A part of an ordered list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub has_previous: bool,
    pub has_next: bool,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), has_previous: false, has_next: false }
    }
}

/// The sort key of a row, as values in the order of the key's columns.
pub trait Key {
    fn values(&self) -> Vec<Value>;
}

impl<A: Clone + Into<Value>, B: Clone + Into<Value>> Key for (A, B) {
    fn values(&self) -> Vec<Value> {
        vec![self.0.clone().into(), self.1.clone().into()]
    }
}

impl<A: Clone + Into<Value>> Key for (A,) {
    fn values(&self) -> Vec<Value> {
        vec![self.0.clone().into()]
    }
}

impl<K> PageRequest<K> {
    /// The first `size` rows.
    pub const fn first(size: u64) -> Self {
        Self { size, backwards: false, after: None, before: None }
    }
}

impl<K: Key> PageRequest<K> {
    /// Narrows `select` to this page and one row more, which tells whether the list goes on.
    pub fn apply<E: EntityTrait, C: IntoColumnRef + Copy>(
        &self,
        mut select: Select<E>,
        columns: &[C],
        order: &Order,
    ) -> Select<E> {
        let ascending = matches!(order, Order::Asc);
        let query = QueryTrait::query(&mut select);
        let key = || row(columns.iter().map(|column| Expr::col(*column)));
        for (bound, upwards) in [(&self.after, ascending), (&self.before, !ascending)] {
            if let Some(bound) = bound {
                let bound = row(bound.values().into_iter().map(Expr::val));
                // Row values, unlike a chain of ORs, are one range of the index on both databases.
                query.and_where(if upwards { key().gt(bound) } else { key().lt(bound) });
            }
        }
        let walk = if ascending == self.backwards { Order::Desc } else { Order::Asc };
        for column in columns {
            query.order_by_expr(Expr::col(*column), walk.clone());
        }
        select.limit(self.size + 1)
    }

    /// Makes a page of what the narrowed query found.
    ///
    /// A cursor was the place of a row, so there is something on its other side.
    pub fn finish<T>(&self, mut rows: Vec<T>) -> Page<T> {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        if self.backwards {
            rows.reverse();
            Page { rows, has_previous: more || self.after.is_some(), has_next: self.before.is_some() }
        } else {
            Page { rows, has_previous: self.after.is_some(), has_next: more || self.before.is_some() }
        }
    }
}

fn row(parts: impl Iterator<Item = SimpleExpr>) -> SimpleExpr {
    let mut parts: Vec<SimpleExpr> = parts.collect();
    if parts.len() == 1 { parts.remove(0) } else { Expr::tuple(parts) }
}

/// One page for each of `keys`, in one statement: `select` narrows the list to a key and to the page, and `of` tells whose a
/// row is. Who has no row is left out.
pub(crate) async fn of_each<E: EntityTrait, K: Key>(
    db: &impl ConnectionTrait,
    page: &PageRequest<K>,
    keys: &[Uuid],
    select: impl Fn(&Uuid) -> Select<E>,
    of: impl Fn(&E::Model) -> Uuid,
) -> Result<HashMap<Uuid, Page<E::Model>>, DbErr>
where
    E::Model: FromQueryResult,
{
    let mut rows: HashMap<Uuid, Vec<E::Model>> = HashMap::new();
    for row in union_all::<E>(db, keys.iter().map(select).collect()).await? {
        rows.entry(of(&row)).or_default().push(row);
    }
    Ok(rows.into_iter().map(|(key, rows)| (key, page.finish(rows))).collect())
}

/// How many of the selected rows each value of `key` has.
pub(crate) async fn counts<E: EntityTrait, C: ColumnTrait>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    key: C,
) -> Result<HashMap<Uuid, i64>, DbErr> {
    let select = select.select_only().column(key).expr_as(Expr::cust("COUNT(*)"), "count").group_by(key);
    let rows: Vec<(Uuid, i64)> = select.into_tuple().all(db).await?;
    Ok(rows.into_iter().collect())
}

/// Runs several selects of one shape as one statement, each keeping its own order and limit.
///
/// One index range per select: cheaper than a window function over everything, and the same on both databases.
pub(crate) async fn union_all<E: EntityTrait>(
    db: &impl ConnectionTrait,
    selects: Vec<Select<E>>,
) -> Result<Vec<E::Model>, DbErr>
where
    E::Model: FromQueryResult,
{
    let mut parts = selects.into_iter().map(|select| wrapped(select.into_query()));
    let Some(mut statement) = parts.next() else { return Ok(Vec::new()) };
    for part in parts {
        statement.union(UnionType::All, part);
    }
    let rows = db.query_all(&statement).await?;
    rows.iter().map(|row| E::Model::from_query_result(row, "")).collect()
}

fn wrapped(select: SelectStatement) -> SelectStatement {
    // Neither database lets a member of a union have its own LIMIT unless it is a subquery.
    Query::select().expr(Expr::cust("*")).from_subquery(select, "page").to_owned()
}
