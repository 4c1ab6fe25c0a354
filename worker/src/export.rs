//! Tables as rows of text, in a shape that `import` reads.

use anyhow::Context as _;
pub use domain::admin::exchange::Export;
use domain::market::Symbol;
use entity::{
    market::{price_bar, stock},
    news::post,
    sentiment::sentiment_record,
};
use futures_util::{
    StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use platform::{Platform, database::DatabaseConnection};
use rust_decimal::Decimal;
use sea_orm::{ActiveEnum as _, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Select};
use std::io::Write;

/// A table on its way out: the names of its columns, then row by row.
pub struct Rows<'a> {
    pub header: &'static [&'static str],
    pub rows: BoxStream<'a, Result<Vec<String>, DbErr>>,
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("header", &self.header).finish_non_exhaustive()
    }
}

/// Writes a table, or its rows about `symbol`, as CSV; returns how many rows.
pub async fn export(
    platform: &Platform,
    what: Export,
    symbol: Option<&Symbol>,
    to: impl Write,
) -> anyhow::Result<usize> {
    let db = platform.db.connection();
    if let Some(symbol) = symbol {
        let stock = domain::market::stock::find(db, symbol).await?;
        stock.with_context(|| format!("there is no stock {symbol}; `export stocks` lists them"))?;
    }
    let Rows { header, mut rows } = rows(db, what, symbol.cloned());
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(header).map_err(without_csv)?;
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        csv.write_record(row).map_err(without_csv)?;
        count += 1;
    }
    csv.flush()?;
    Ok(count)
}

/// `csv` does not give its cause away, and the caller wants to know which it was.
fn without_csv(error: csv::Error) -> anyhow::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => anyhow::anyhow!("cannot write CSV: {other:?}"),
    }
}

/// The rows of a table, or those about `symbol`; read as they are asked for.
pub fn rows(db: &DatabaseConnection, what: Export, symbol: Option<Symbol>) -> Rows<'_> {
    match what {
        Export::Prices => prices(db, symbol),
        Export::Posts => posts(db),
        Export::Sentiment => sentiment(db, symbol),
        Export::Stocks => stocks(db, symbol),
    }
}

/// What `select` finds, from the moment on at which the first row is asked for.
fn found<'a, E: EntityTrait>(
    db: &'a DatabaseConnection,
    select: Select<E>,
) -> BoxStream<'a, Result<E::Model, DbErr>>
where
    E::Model: Send + 'a,
{
    stream::once(async move { select.stream(db).await }).try_flatten().boxed()
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn listed(symbol: Option<Symbol>) -> Select<stock::Entity> {
    let stocks = stock::Entity::find().order_by_asc(stock::Column::Symbol);
    match symbol {
        Some(symbol) => stocks.filter(stock::Column::Symbol.eq(symbol.as_str())),
        None => stocks,
    }
}

fn prices(db: &DatabaseConnection, symbol: Option<Symbol>) -> Rows<'_> {
    // A list of stocks is short: nobody else has to wait for it to be read to its end.
    let stocks = async move {
        let stocks = listed(symbol).all(db).await?;
        Ok::<_, DbErr>(stream::iter(stocks.into_iter().map(Ok::<_, DbErr>)))
    };
    let rows = stream::once(stocks).try_flatten().map_ok(|stock| bars(db, stock)).try_flatten();
    let header = &["symbol", "date", "open", "high", "low", "close", "adj close", "volume", "source"];
    Rows { header, rows: rows.boxed() }
}

fn bars(db: &DatabaseConnection, stock: stock::Model) -> BoxStream<'_, Result<Vec<String>, DbErr>> {
    let bars = price_bar::Entity::find()
        .filter(price_bar::Column::StockId.eq(stock.id))
        .filter(price_bar::Column::SupersededAt.is_null())
        .order_by_asc(price_bar::Column::Time);
    let price = |amount: Option<entity::Amount>| text(amount.map(Decimal::from));
    let row = move |bar: price_bar::Model| {
        vec![
            stock.symbol.clone(),
            bar.time.date_naive().to_string(),
            price(bar.open),
            price(bar.high),
            price(bar.low),
            price(Some(bar.close)),
            price(bar.adjusted_close),
            text(bar.volume),
            bar.source.to_value(),
        ]
    };
    found(db, bars).map_ok(row).boxed()
}

fn posts(db: &DatabaseConnection) -> Rows<'_> {
    let header = &[
        "id",
        "source",
        "content_type",
        "channel",
        "url",
        "title",
        "body",
        "score",
        "num_comments",
        "upvote_ratio",
        "published_at",
    ];
    let posts = post::Entity::find().order_by_asc(post::Column::PublishedAt).order_by_asc(post::Column::Id);
    let row = |row: post::Model| {
        vec![
            row.external_id,
            row.source.to_value(),
            row.content_type.to_value(),
            text(row.channel),
            text(row.url),
            text(row.title),
            row.body,
            text(row.votes),
            text(row.comment_count),
            text(row.upvote_ratio),
            row.published_at.to_rfc3339(),
        ]
    };
    Rows { header, rows: found(db, posts).map_ok(row).boxed() }
}

fn sentiment(db: &DatabaseConnection, symbol: Option<Symbol>) -> Rows<'_> {
    let header = &[
        "symbol",
        "published_at",
        "session_day",
        "source",
        "content_type",
        "score",
        "label",
        "confidence",
        "model",
        "model_version",
        "url",
        "snippet",
    ];
    let mut records = sentiment_record::Entity::find()
        .order_by_asc(sentiment_record::Column::PublishedAt)
        .order_by_asc(sentiment_record::Column::Id);
    if let Some(symbol) = symbol {
        records = records.filter(sentiment_record::Column::Symbol.eq(symbol.as_str()));
    }
    let row = |row: sentiment_record::Model| {
        vec![
            row.symbol,
            row.published_at.to_rfc3339(),
            row.session_day.to_string(),
            row.source.to_value(),
            row.content_type.to_value(),
            row.score.to_string(),
            row.label.to_value(),
            row.confidence.to_string(),
            row.model,
            row.model_version,
            text(row.url),
            text(row.snippet),
        ]
    };
    Rows { header, rows: found(db, records).map_ok(row).boxed() }
}

fn stocks(db: &DatabaseConnection, symbol: Option<Symbol>) -> Rows<'_> {
    let header = &["symbol", "name", "exchange", "sector", "industry", "kind"];
    let row = |row: stock::Model| {
        vec![row.symbol, row.name, row.exchange, text(row.sector), text(row.industry), row.kind.to_value()]
    };
    Rows { header, rows: found(db, listed(symbol)).map_ok(row).boxed() }
}
