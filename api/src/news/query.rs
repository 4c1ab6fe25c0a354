//! The news' queries.

use super::{Post, types::PostFilter};
use crate::{
    context::ContextExt,
    error::{ApiError, Result},
    market::representable,
    relay::{Connection, PageArguments, wants_total},
    scalar::Cursor,
};
use async_graphql::{Context, Object};
use domain::{
    market::{Symbol, stock},
    news::post,
};

const MOST_SYMBOLS: usize = 100;

#[derive(Debug, Default)]
pub struct NewsQuery;

#[Object]
impl NewsQuery {
    /// Posts and articles, newest first.
    async fn posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which posts.")] filter: Option<PostFilter>,
        #[graphql(desc = "How many, from the newest; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only posts after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the oldest; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only posts before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<Post>> {
        let page = PageArguments { first, after, last, before }.request()?;
        let filter = parse(ctx, filter.unwrap_or_default()).await?;
        let page = post::list(ctx.db(), &filter, &page).await?;
        let total = if wants_total(ctx) { post::count(ctx.db(), &filter).await? } else { 0 };
        let total = i64::try_from(total).unwrap_or(i64::MAX);
        Ok(Connection::new(page, total, |row| (row.published_at, row.id), Post::from))
    }
}

async fn parse(ctx: &Context<'_>, filter: PostFilter) -> Result<post::Filter> {
    let stocks = match filter.symbols {
        None => None,
        Some(symbols) if symbols.is_empty() => None,
        Some(symbols) if symbols.len() > MOST_SYMBOLS => {
            return Err(ApiError::input("symbols", format!("at most {MOST_SYMBOLS} symbols at a time")));
        }
        Some(symbols) => {
            let symbols: Vec<Symbol> = symbols.into_iter().map(|symbol| symbol.0).collect();
            Some(stock::ids_of(ctx.db(), &symbols).await?)
        }
    };
    Ok(post::Filter {
        stocks,
        sources: filter.sources.unwrap_or_default().into_iter().map(Into::into).collect(),
        content_types: filter.content_types.unwrap_or_default().into_iter().map(Into::into).collect(),
        published_after: filter.published_after.map(representable),
        published_before: filter.published_before.map(representable),
    })
}
