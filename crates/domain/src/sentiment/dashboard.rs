//! The first page of the product: who is loved, who is not, what moved.

use super::{
    Error,
    summary::{self, Summary},
};
use crate::{Window, market::stock};
use entity::market::stock as row;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// How many stocks each list names.
const TOP: usize = 5;
/// A mean of fewer scores says too little to be ranked.
const FEWEST_SCORES: u64 = 3;

/// Sentiment over all stocks.
#[derive(Clone, Debug, Default)]
pub struct Dashboard {
    /// By mean score, highest first.
    pub most_positive: Vec<Ranked>,
    /// By mean score, lowest first.
    pub most_negative: Vec<Ranked>,
    pub overall: Summary,
}

/// A stock with its sentiment.
#[derive(Clone, Debug)]
pub struct Ranked {
    pub stock: row::Model,
    pub summary: Summary,
}

/// The dashboard of a window, in two statements.
pub async fn get(db: &impl ConnectionTrait, window: &Window) -> Result<Dashboard, Error> {
    let summaries = summary::of_all(db, window).await?;
    let overall = together(&summaries);
    let mut ranked: Vec<(Uuid, f64)> = summaries
        .iter()
        .filter(|(_, summary)| summary.total().count() >= FEWEST_SCORES)
        .filter_map(|(stock, summary)| Some((*stock, summary.total().mean()?)))
        .collect();
    ranked.sort_by(|(a_id, a), (b_id, b)| b.total_cmp(a).then(a_id.cmp(b_id)));
    let best: Vec<Uuid> =
        ranked.iter().filter(|(_, mean)| *mean > 0.0).take(TOP).map(|(id, _)| *id).collect();
    let worst: Vec<Uuid> =
        ranked.iter().rev().filter(|(_, mean)| *mean < 0.0).take(TOP).map(|(id, _)| *id).collect();
    let named = stock::by_ids(db, best.iter().chain(&worst).copied().collect()).await?;
    let named: HashMap<Uuid, row::Model> = named.into_iter().map(|stock| (stock.id, stock)).collect();
    let list = |ids: Vec<Uuid>| {
        let ranked =
            |id| Some(Ranked { stock: named.get(&id)?.clone(), summary: summaries.get(&id)?.clone() });
        ids.into_iter().filter_map(ranked).collect()
    };
    Ok(Dashboard { most_positive: list(best), most_negative: list(worst), overall })
}

/// The mood of the whole market: every score counts alike.
pub async fn mood(db: &impl ConnectionTrait, window: &Window) -> Result<Summary, Error> {
    Ok(together(&summary::of_all(db, window).await?))
}

fn together(summaries: &BTreeMap<Uuid, Summary>) -> Summary {
    let mut days = BTreeMap::new();
    for day in summaries.values().flat_map(|summary| &summary.days) {
        days.entry(day.day).and_modify(|sum: &mut summary::Day| sum.add(day)).or_insert_with(|| day.clone());
    }
    Summary { days: days.into_values().collect() }
}
