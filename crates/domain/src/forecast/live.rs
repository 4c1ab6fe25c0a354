//! How good models turn out to be: what they said, against what came.

use super::Error;
use chrono::NaiveDate;
use entity::forecast::prediction::{Column, Entity};
pub use quant::score::Proportion;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _, QuerySelect as _,
    sea_query::Expr,
};
use std::collections::HashMap;
use uuid::Uuid;

/// The judged predictions of a model.
#[derive(Clone, Copy, Debug, PartialEq, FromQueryResult)]
pub struct Live {
    pub model_id: Uuid,
    pub judged: i64,
    /// How many came to lie within their 95 % interval.
    pub within_95: i64,
    pub within_99: i64,
    /// Those whose price moved.
    pub moved: i64,
    /// Of those, how many moved to the side that the model was on.
    pub right: i64,
    /// The mean of |actual - price| over the base price.
    pub error: f64,
    /// The same of a forecast of no change.
    pub naive_error: f64,
}

/// Of several predictions about the same day only the first counts: one event is one case.
const IS_FIRST: &str = "NOT EXISTS (SELECT 1 FROM prediction AS earlier WHERE earlier.stock_id = prediction.stock_id \
                        AND earlier.model_id = prediction.model_id AND earlier.target_day = prediction.target_day \
                        AND earlier.sequence < prediction.sequence)";

const SUMS: [(&str, &str); 7] = [
    ("judged", "COUNT(*)"),
    ("within_95", "SUM(CASE WHEN actual_price BETWEEN low_95 AND high_95 THEN 1 ELSE 0 END)"),
    ("within_99", "SUM(CASE WHEN actual_price BETWEEN low_99 AND high_99 THEN 1 ELSE 0 END)"),
    ("moved", "SUM(CASE WHEN actual_price <> base_price THEN 1 ELSE 0 END)"),
    (
        "right",
        "SUM(CASE WHEN (actual_price > base_price AND probability_up > 0.5) \
         OR (actual_price < base_price AND probability_up <= 0.5) THEN 1 ELSE 0 END)",
    ),
    ("error", "AVG(CAST(ABS(actual_price - price) AS DOUBLE PRECISION) / base_price)"),
    ("naive_error", "AVG(CAST(ABS(actual_price - base_price) AS DOUBLE PRECISION) / base_price)"),
];

/// Which predictions count; nothing given, nothing excluded.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only about days since then.
    pub since: Option<NaiveDate>,
    /// Only about this stock.
    pub symbol: Option<String>,
}

impl Filter {
    pub fn since(day: Option<NaiveDate>) -> Self {
        Self { since: day, symbol: None }
    }
}

/// What came of each model's first predictions, in one statement; nothing of those without any.
pub async fn by_models(
    db: &impl ConnectionTrait,
    models: &[Uuid],
    filter: &Filter,
) -> Result<HashMap<Uuid, Live>, Error> {
    let mut select = Entity::find()
        .select_only()
        .column(Column::ModelId)
        .filter(Column::ModelId.is_in(models.iter().copied()))
        .filter(Column::JudgedAt.is_not_null())
        .filter(Expr::cust(IS_FIRST))
        .group_by(Column::ModelId);
    for (name, sum) in SUMS {
        select = select.column_as(Expr::cust(sum), name);
    }
    if let Some(since) = filter.since {
        select = select.filter(Column::TargetDay.gte(since));
    }
    if let Some(symbol) = &filter.symbol {
        select = select.filter(Column::Symbol.eq(symbol));
    }
    let rows: Vec<Live> = select.into_model().all(db).await?;
    Ok(rows.into_iter().map(|row| (row.model_id, row)).collect())
}

/// How a model's intervals did for each stock: the shares within 95 % and within 99 %, in one statement.
pub(super) async fn by_stocks(
    db: &impl ConnectionTrait,
    model: Uuid,
    stocks: &[Uuid],
) -> Result<HashMap<Uuid, [Proportion; 2]>, Error> {
    let mut select = Entity::find()
        .select_only()
        .column(Column::StockId)
        .filter(Column::StockId.is_in(stocks.iter().copied()))
        .filter(Column::ModelId.eq(model))
        .filter(Column::JudgedAt.is_not_null())
        .filter(Expr::cust(IS_FIRST))
        .group_by(Column::StockId);
    for (name, sum) in &SUMS[..3] {
        select = select.column_as(Expr::cust(*sum), *name);
    }
    let rows: Vec<(Uuid, i64, i64, i64)> = select.into_tuple().all(db).await?;
    let both = |(stock, all, within_95, within_99)| {
        let share = |hits| share(hits, all).unwrap_or_default();
        (stock, [share(within_95), share(within_99)])
    };
    Ok(rows.into_iter().map(both).collect())
}

impl Live {
    /// The share that came to lie within the 95 % intervals, with its bounds.
    pub fn coverage_95(&self) -> Option<Proportion> {
        share(self.within_95, self.judged)
    }

    pub fn coverage_99(&self) -> Option<Proportion> {
        share(self.within_99, self.judged)
    }

    /// How often the side was right.
    pub fn accuracy(&self) -> Option<Proportion> {
        share(self.right, self.moved)
    }
}

fn share(hits: i64, all: i64) -> Option<Proportion> {
    Some(Proportion { hits: u64::try_from(hits).ok()?, total: u64::try_from(all).ok()? })
}
