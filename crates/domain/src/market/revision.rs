//! New versions of bars that are there.

use super::{Error, price};
use crate::insert::insert_all;
use chrono::{DateTime, Duration, Utc};
use entity::{
    Amount,
    market::price_bar::{BarInterval, Column, Entity, Model},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

/// What a bar's prices and its volume are multiplied by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    pub prices: f64,
    pub volume: f64,
}

/// The current bars of a stock since `since`, by day.
pub(super) async fn current(
    txn: &DatabaseTransaction,
    stock: Uuid,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<Model>, Error> {
    let mut select = Entity::find()
        .filter(Column::StockId.eq(stock))
        .filter(Column::Interval.eq(BarInterval::Day))
        .filter(Column::SupersededAt.is_null());
    if let Some(since) = since {
        select = select.filter(Column::Time.gte(since));
    }
    Ok(select.order_by_asc(Column::Time).all(txn).await?)
}

/// Puts new versions in the place of bars; the old ones stay readable through `asOf`.
pub(super) async fn replace(
    txn: &DatabaseTransaction,
    now: DateTime<Utc>,
    bars: Vec<Model>,
) -> Result<(), Error> {
    let keys: Vec<_> = bars.iter().map(|bar| (bar.stock_id, bar.time)).collect();
    price::supersede(txn, &keys, now).await?;
    let rows = bars.into_iter().map(|bar| {
        // Two versions never begin at once, whatever the clock says.
        let known_at = now.max(bar.known_at + Duration::milliseconds(1));
        Model { known_at, superseded_at: None, ..bar }.into_active_model().reset_all()
    });
    Ok(insert_all(txn, rows.collect(), None).await?)
}

/// The bar in another unit, or on another side of a split; `None` where a price leaves the range of amounts.
pub(super) fn scaled(bar: &Model, scale: Scale) -> Option<Model> {
    let price =
        |amount: Amount| Amount::from_f64(amount.to_f64() * scale.prices).filter(|price| price.units() > 0);
    let optional = |amount: Option<Amount>| match amount {
        Some(amount) => price(amount).map(Some),
        None => Some(None),
    };
    #[expect(clippy::cast_possible_truncation, reason = "a float out of range becomes the nearest integer")]
    let volume = bar.volume.map(|volume| (volume as f64 * scale.volume).round() as i64);
    Some(Model {
        open: optional(bar.open)?,
        high: optional(bar.high)?,
        low: optional(bar.low)?,
        close: price(bar.close)?,
        adjusted_close: optional(bar.adjusted_close)?,
        volume,
        ..bar.clone()
    })
}

/// The bar with its adjusted close, or its close where none is known, multiplied by `factor`.
pub(super) fn adjusted(bar: &Model, factor: f64) -> Option<Model> {
    let price = bar.adjusted_close.unwrap_or(bar.close).to_f64() * factor;
    let adjusted_close = Amount::from_f64(price).filter(|price| price.units() > 0)?;
    Some(Model { adjusted_close: Some(adjusted_close), ..bar.clone() })
}
