//! The market's queries.

use super::{
    MarketOverview, Stock,
    types::{OrderDirection, StockFilter, StockOrder, StockOrderField},
};
use crate::{
    context::ContextExt,
    error::{ApiError, Result},
    relay::{Connection, PageArguments, wants_total},
    scalar::{Cursor, Symbol},
};
use async_graphql::{Context, Object};
use domain::{
    market::{overview, stock},
    page::Order,
};
use uuid::Uuid;

const MOST_SYMBOLS: usize = 100;
const LONGEST_SEARCH: usize = 100;

#[derive(Debug, Default)]
pub struct MarketQuery;

#[Object]
impl MarketQuery {
    /// The stock traded under `symbol`, or null if it is not known.
    async fn stock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Such as AAPL.")] symbol: Symbol,
    ) -> Option<Result<Stock>> {
        let found = stock::find(ctx.db(), &symbol.0).await;
        found.map(|row| row.map(|row| Stock::new(row, ctx.now()))).map_err(ApiError::from).transpose()
    }

    /// Stocks, by symbol unless ordered otherwise.
    #[expect(clippy::too_many_arguments, reason = "four of them are Relay's")]
    async fn stocks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which stocks.")] filter: Option<StockFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<StockOrder>,
        #[graphql(desc = "How many, from the start; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only stocks after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the end; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only stocks before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<Stock>> {
        let filter = parse(filter.unwrap_or_default())?;
        let (by, order) = order(order_by.as_ref());
        let page = PageArguments { first, after, last, before }.request()?;
        let page = stock::list(ctx.db(), &filter, (by, order), &page).await?;
        let total = if wants_total(ctx) { stock::count(ctx.db(), &filter).await? } else { 0 };
        let key = |row: &stock::Row| match by {
            stock::SortBy::Symbol => (row.symbol.clone(), row.id),
            stock::SortBy::Name => (row.name.clone(), row.id),
        };
        Ok(connection(ctx, page, total, key))
    }

    /// Stocks whose symbol starts with `text` or whose name contains it, in any case, by symbol.
    async fn search_stocks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "1 to 100 characters.")] text: String,
        #[graphql(desc = "How many; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only stocks after this one.")] after: Option<Cursor>,
    ) -> Result<Connection<Stock>> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > LONGEST_SEARCH {
            return Err(ApiError::input("text", format!("write 1 to {LONGEST_SEARCH} characters")));
        }
        let page = PageArguments { first, after, ..Default::default() }.request()?;
        let page = stock::search(ctx.db(), text, &page).await?;
        let total = if wants_total(ctx) { stock::count_found(ctx.db(), text).await? } else { 0 };
        Ok(connection(ctx, page, total, |row| (row.symbol.clone(), row.id)))
    }

    /// Indices, sectors, movers, breadth and mood of the market, from the newest quotes.
    async fn market_overview(&self, ctx: &Context<'_>) -> Result<MarketOverview> {
        Ok(MarketOverview::new(overview::get(ctx.db()).await?, ctx.now()))
    }
}

fn connection(
    ctx: &Context<'_>,
    page: domain::Page<stock::Row>,
    total: u64,
    key: impl Fn(&stock::Row) -> (String, Uuid),
) -> Connection<Stock> {
    let now = ctx.now();
    Connection::new(page, i64::try_from(total).unwrap_or(i64::MAX), key, |row| Stock::new(row, now))
}

fn parse(filter: StockFilter) -> Result<stock::Filter> {
    let symbols: Vec<_> = filter.symbols.unwrap_or_default().into_iter().map(|symbol| symbol.0).collect();
    if symbols.len() > MOST_SYMBOLS {
        return Err(ApiError::input("symbols", format!("at most {MOST_SYMBOLS} symbols at a time")));
    }
    Ok(stock::Filter {
        symbols,
        sector: filter.sector,
        exchange: filter.exchange,
        is_active: filter.is_active,
        is_watched: filter.is_watched,
    })
}

fn order(order: Option<&StockOrder>) -> (stock::SortBy, Order) {
    let by = match order.map(|order| order.field) {
        None | Some(StockOrderField::Symbol) => stock::SortBy::Symbol,
        Some(StockOrderField::Name) => stock::SortBy::Name,
    };
    let direction = match order.map(|order| order.direction) {
        None | Some(OrderDirection::Asc) => Order::Asc,
        Some(OrderDirection::Desc) => Order::Desc,
    };
    (by, direction)
}
