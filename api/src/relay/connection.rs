//! Connections: pages of a list with cursors.

use super::cursor::{decode, encode};
use crate::{
    error::{ApiError, Result},
    scalar::{Cursor, Long},
};
use async_graphql::{Context, OutputType, SimpleObject, TypeName};
use domain::{Page, PageRequest};
use serde::{Serialize, de::DeserializeOwned};
use std::borrow::Cow;

const DEFAULT: u64 = 20;
const MOST: u64 = 100;

/// A part of a list.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name_type)]
pub struct Connection<T: OutputType> {
    /// The items of this page with their cursors.
    pub edges: Vec<Edge<T>>,
    /// Where the page is within the list.
    pub page_info: PageInfo,
    /// How many items the whole list has; counted only when asked for.
    pub total_count: Long,
}

/// An item and its position.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name_type)]
pub struct Edge<T: OutputType> {
    /// The position of the item: pass it as `after` or `before`.
    pub cursor: Cursor,
    /// The item.
    pub node: T,
}

/// Where a page is within its list.
#[derive(Clone, Debug, Default, SimpleObject)]
pub struct PageInfo {
    /// Whether items follow this page.
    pub has_next_page: bool,
    /// Whether items precede this page.
    pub has_previous_page: bool,
    /// The cursor of the first item; null on an empty page.
    pub start_cursor: Option<Cursor>,
    /// The cursor of the last item; null on an empty page.
    pub end_cursor: Option<Cursor>,
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// The arguments `first`, `after`, `last` and `before`, as they came.
#[derive(Clone, Debug, Default)]
pub struct PageArguments {
    pub first: Option<i32>,
    pub after: Option<Cursor>,
    pub last: Option<i32>,
    pub before: Option<Cursor>,
}

impl PageArguments {
    /// Checks the arguments.
    pub fn request<K: DeserializeOwned>(&self) -> Result<PageRequest<K>> {
        let (size, backwards) = match (self.first, self.last) {
            (Some(_), Some(_)) => return Err(ApiError::input("last", "give first or last, not both")),
            (Some(first), None) => (size("first", first)?, false),
            (None, Some(last)) => (size("last", last)?, true),
            (None, None) => (DEFAULT, false),
        };
        let after = self.after.as_ref().map(|cursor| decode("after", cursor)).transpose()?;
        let before = self.before.as_ref().map(|cursor| decode("before", cursor)).transpose()?;
        Ok(PageRequest { size, backwards, after, before })
    }
}

fn size(field: &str, size: i32) -> Result<u64> {
    let size = u64::try_from(size).ok().filter(|size| *size <= MOST);
    size.ok_or_else(|| ApiError::input(field, format!("a page has 0 to {MOST} items")))
}

/// Whether the client asks for `totalCount`.
pub fn wants_total(ctx: &Context<'_>) -> bool {
    ctx.look_ahead().field("totalCount").exists()
}

impl<T: OutputType> Connection<T> {
    /// Maps a page; `key` gives a row's sort key.
    pub fn new<R, K: Serialize>(
        page: Page<R>,
        total: i64,
        key: impl Fn(&R) -> K,
        node: impl Fn(R) -> T,
    ) -> Self {
        let edge = |row: R| Edge { cursor: encode(&key(&row)), node: node(row) };
        let edges: Vec<Edge<T>> = page.rows.into_iter().map(edge).collect();
        let page_info = PageInfo {
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Self { edges, page_info, total_count: Long(total) }
    }
}
