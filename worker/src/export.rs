//! Tables into CSV, row by row, in a shape that `import` reads.

use anyhow::Context as _;
use domain::market::Symbol;
use entity::{
    market::{price_bar, stock},
    news::post,
    sentiment::sentiment_record,
};
use futures_util::TryStreamExt as _;
use platform::Platform;
use rust_decimal::Decimal;
use sea_orm::{ActiveEnum as _, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::io::Write;

/// What is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    Prices,
    Posts,
    Sentiment,
    Stocks,
}

/// Writes a table, or its rows about `symbol`, as CSV; returns how many rows.
pub async fn export(
    platform: &Platform,
    what: Export,
    symbol: Option<&Symbol>,
    to: impl Write,
) -> anyhow::Result<usize> {
    if let Some(symbol) = symbol {
        let stock = domain::market::stock::find(platform.db.connection(), symbol).await?;
        stock.with_context(|| format!("there is no stock {symbol}; `export stocks` lists them"))?;
    }
    let mut csv = csv::Writer::from_writer(to);
    let count = match what {
        Export::Prices => prices(platform, symbol, &mut csv).await,
        Export::Posts => posts(platform, &mut csv).await,
        Export::Sentiment => sentiment(platform, symbol, &mut csv).await,
        Export::Stocks => stocks(platform, symbol, &mut csv).await,
    };
    let count = count.map_err(without_csv)?;
    csv.flush()?;
    Ok(count)
}

/// `csv` does not give its cause away, and the caller wants to know which it was.
fn without_csv(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<csv::Error>().map(csv::Error::into_kind) {
        Ok(csv::ErrorKind::Io(error)) => error.into(),
        Ok(other) => anyhow::anyhow!("cannot write CSV: {other:?}"),
        Err(error) => error,
    }
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

async fn prices<W: Write>(
    platform: &Platform,
    symbol: Option<&Symbol>,
    csv: &mut csv::Writer<W>,
) -> anyhow::Result<usize> {
    csv.write_record(["symbol", "date", "open", "high", "low", "close", "adj close", "volume", "source"])?;
    let mut stocks = stock::Entity::find().order_by_asc(stock::Column::Symbol);
    if let Some(symbol) = symbol {
        stocks = stocks.filter(stock::Column::Symbol.eq(symbol.as_str()));
    }
    let mut count = 0;
    for stock in stocks.all(platform.db.connection()).await? {
        let mut bars = price_bar::Entity::find()
            .filter(price_bar::Column::StockId.eq(stock.id))
            .filter(price_bar::Column::SupersededAt.is_null())
            .order_by_asc(price_bar::Column::Time)
            .stream(platform.db.connection())
            .await?;
        let price = |amount: Option<entity::Amount>| text(amount.map(Decimal::from));
        while let Some(bar) = bars.try_next().await? {
            csv.write_record([
                stock.symbol.clone(),
                bar.time.date_naive().to_string(),
                price(bar.open),
                price(bar.high),
                price(bar.low),
                price(Some(bar.close)),
                price(bar.adjusted_close),
                text(bar.volume),
                bar.source.to_value(),
            ])?;
            count += 1;
        }
    }
    Ok(count)
}

async fn posts<W: Write>(platform: &Platform, csv: &mut csv::Writer<W>) -> anyhow::Result<usize> {
    csv.write_record([
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
    ])?;
    let mut rows = post::Entity::find()
        .order_by_asc(post::Column::PublishedAt)
        .order_by_asc(post::Column::Id)
        .stream(platform.db.connection())
        .await?;
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        csv.write_record([
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
        ])?;
        count += 1;
    }
    Ok(count)
}

async fn sentiment<W: Write>(
    platform: &Platform,
    symbol: Option<&Symbol>,
    csv: &mut csv::Writer<W>,
) -> anyhow::Result<usize> {
    csv.write_record([
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
    ])?;
    let mut select = sentiment_record::Entity::find()
        .order_by_asc(sentiment_record::Column::PublishedAt)
        .order_by_asc(sentiment_record::Column::Id);
    if let Some(symbol) = symbol {
        select = select.filter(sentiment_record::Column::Symbol.eq(symbol.as_str()));
    }
    let mut rows = select.stream(platform.db.connection()).await?;
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        csv.write_record([
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
        ])?;
        count += 1;
    }
    Ok(count)
}

async fn stocks<W: Write>(
    platform: &Platform,
    symbol: Option<&Symbol>,
    csv: &mut csv::Writer<W>,
) -> anyhow::Result<usize> {
    csv.write_record(["symbol", "name", "exchange", "sector", "industry", "kind"])?;
    let mut select = stock::Entity::find().order_by_asc(stock::Column::Symbol);
    if let Some(symbol) = symbol {
        select = select.filter(stock::Column::Symbol.eq(symbol.as_str()));
    }
    let rows = select.all(platform.db.connection()).await?;
    for row in &rows {
        let kind = row.kind.to_value();
        let (sector, industry) = (row.sector.as_deref().unwrap_or(""), row.industry.as_deref().unwrap_or(""));
        csv.write_record([row.symbol.as_str(), &row.name, &row.exchange, sector, industry, &kind])?;
    }
    Ok(rows.len())
}
