//! Adjusted closes brought up to the known splits and dividends.

use super::{
    Error,
    revision::{adjusted, current, replace},
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::market::price_bar::Model;
use quant::adjustment::{Action, step};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

/// Multiplies the adjusted closes before each ex-date that they do not show yet; how many bars changed.
///
/// Whether they show it is read from the bars around the ex-date, so twice equals once, and neither the order of the
/// actions nor that of bars and actions matters. Traded prices are never touched.
pub(super) async fn restate(
    txn: &DatabaseTransaction,
    now: DateTime<Utc>,
    stock: Uuid,
    actions: &[(NaiveDate, Action)],
) -> Result<usize, Error> {
    if actions.is_empty() {
        return Ok(0);
    }
    let bars = current(txn, stock, None).await?;
    let mut later = 1.0;
    let mut changed = Vec::new();
    for at in (0..bars.len()).rev() {
        if let Some(next) = bars.get(at + 1) {
            later *= missing(&bars[at], next, actions).exp();
        }
        if later.to_bits() != 1.0_f64.to_bits() {
            changed.extend(adjusted(&bars[at], later));
        }
    }
    let count = changed.len();
    replace(txn, now, changed).await?;
    Ok(count)
}

/// What the adjusted closes lack between two bars, as a logarithm; 0 where they lack nothing.
fn missing(before: &Model, now: &Model, actions: &[(NaiveDate, Action)]) -> f64 {
    let (first, last) = (before.time.date_naive(), now.time.date_naive());
    let between = actions.iter().filter(|(day, _)| first < *day && *day <= last).map(|(_, action)| *action);
    let is_split = |action: &Action| matches!(action, Action::Split { .. });
    let (splits, dividends): (Vec<Action>, Vec<Action>) = between.partition(is_split);
    let close = before.close.to_f64();
    let part = |actions: &[Action]| step(close, actions.iter().copied()).map_or(0.0, |step| step.full.ln());
    let jump = (now.close.to_f64() / close).ln();
    let split = part(&splits);
    // Some sources say "close" and mean adjusted for splits: then the jump is not there.
    let is_traded = (jump - split).abs() < jump.abs();
    let (split, dividend) = if is_traded {
        (split, part(&[splits, dividends].concat()) - split)
    } else {
        (0.0, part(&dividends))
    };
    let shown = factor(before).ln() - factor(now).ln();
    let possible = [0.0, split, dividend, split + dividend].into_iter();
    let nearest = possible.min_by(|one, other| (one - shown).abs().total_cmp(&(other - shown).abs()));
    split + dividend - nearest.unwrap_or_default()
}

fn factor(bar: &Model) -> f64 {
    bar.adjusted_close.map_or(1.0, |adjusted| adjusted.to_f64() / bar.close.to_f64())
}
