//! The same data by hand: axum, sqlx and serde, as one would write an endpoint that does nothing else.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use chrono::{DateTime, Utc};
use domain::Amount;
use platform::Platform;
use sea_orm::{
    DbBackend,
    sqlx::{self, PgPool, SqlitePool},
};
use serde::Serialize;

const STOCK: &str = "SELECT stock.symbol, stock.name, quote.price, quote.previous_close, quote.as_of FROM stock \
                     LEFT JOIN quote ON quote.stock_id = stock.id WHERE stock.symbol = $1";
const STOCKS: &str = "SELECT stock.symbol, stock.name, quote.price, quote.previous_close, quote.as_of FROM stock \
                      LEFT JOIN quote ON quote.stock_id = stock.id ORDER BY stock.symbol, stock.id LIMIT 21";

type Row = (String, String, Option<i64>, Option<i64>, Option<DateTime<Utc>>);

/// The product's own pool: what differs is what stands above it.
#[derive(Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stock {
    symbol: String,
    name: String,
    quote: Option<Quote>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Quote {
    price: String,
    change_percent: Option<f64>,
    as_of: DateTime<Utc>,
}

pub fn router(platform: &Platform) -> Router {
    let connection = platform.db.connection();
    let pool = match platform.db.backend() {
        DbBackend::Sqlite => Pool::Sqlite(connection.get_sqlite_connection_pool().clone()),
        _ => Pool::Postgres(connection.get_postgres_connection_pool().clone()),
    };
    Router::new()
        .route("/name", get(async || Json(serde_json::json!({ "__typename": "Query" }))))
        .route("/stocks/{symbol}", get(stock))
        .route("/stocks", get(stocks))
        .with_state(pool)
}

async fn stock(State(pool): State<Pool>, Path(symbol): Path<String>) -> Result<Json<Stock>, StatusCode> {
    let row = match &pool {
        Pool::Sqlite(pool) => sqlx::query_as(STOCK).bind(symbol).fetch_optional(pool).await,
        Pool::Postgres(pool) => sqlx::query_as(STOCK).bind(symbol).fetch_optional(pool).await,
    };
    let row = row.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?.ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(shape(row)))
}

async fn stocks(State(pool): State<Pool>) -> Result<Json<Vec<Stock>>, StatusCode> {
    let rows = match &pool {
        Pool::Sqlite(pool) => sqlx::query_as(STOCKS).fetch_all(pool).await,
        Pool::Postgres(pool) => sqlx::query_as(STOCKS).fetch_all(pool).await,
    };
    let rows: Vec<Row> = rows.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Json(rows.into_iter().take(20).map(shape).collect()))
}

fn shape((symbol, name, price, previous, as_of): Row) -> Stock {
    let quote = price.zip(as_of).map(|(price, as_of)| Quote {
        price: Amount::from_units(price).to_f64().to_string(),
        change_percent: previous.map(|previous| 100.0 * (price - previous) as f64 / previous as f64),
        as_of,
    });
    Stock { symbol, name, quote }
}
