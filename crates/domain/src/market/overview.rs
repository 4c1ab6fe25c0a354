//! The market at a glance: indices, sectors, movers, breadth.

use super::{Error, quote::Quote};
use crate::Sources;
use chrono::{DateTime, Utc};
use entity::market::{
    quote,
    stock::{self, StockKind},
};
use quant::statistics;
use sea_orm::{ConnectionTrait, EntityTrait};
use std::collections::BTreeMap;

/// How many gainers, losers and most traded stocks are named.
const MOVERS: usize = 5;

/// All quotes, seen from afar.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// The funds that stand for an index.
    pub indices: Vec<Member>,
    pub sectors: Vec<Sector>,
    pub gainers: Vec<Member>,
    pub losers: Vec<Member>,
    pub most_traded: Vec<Member>,
    pub breadth: Breadth,
    /// Of the newest quote.
    pub as_of: Option<DateTime<Utc>>,
    /// Of all quotes.
    pub sources: Sources,
}

/// A stock with its quote.
#[derive(Clone, Debug)]
pub struct Member {
    pub stock: stock::Model,
    pub quote: Quote,
}

/// The stocks of one sector, each counted alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Sector {
    pub name: String,
    pub stocks: usize,
    /// The mean change in percent of those that have one.
    pub change_percent: Option<f64>,
    pub sources: Sources,
}

/// How many stocks rise and fall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breadth {
    pub advancing: usize,
    pub declining: usize,
    pub unchanged: usize,
}

/// The overview of all stored quotes.
pub async fn get(db: &impl ConnectionTrait) -> Result<Overview, Error> {
    let rows = quote::Entity::find().find_also_related(stock::Entity).all(db).await?;
    let active =
        rows.into_iter().filter_map(|(row, stock)| Some((row, stock.filter(|stock| stock.is_active)?)));
    let member = |(row, stock): (quote::Model, stock::Model)| {
        Ok(Member { quote: Quote::from_row(&stock.symbol, &row)?, stock })
    };
    Ok(summarise(active.map(member).collect::<Result<_, Error>>()?))
}

fn summarise(members: Vec<Member>) -> Overview {
    let as_of = members.iter().map(|member| member.quote.as_of).max();
    let sources = members.iter().map(|member| member.quote.source).collect();
    let (mut indices, mut stocks): (Vec<_>, Vec<_>) =
        members.into_iter().partition(|member| member.stock.kind == StockKind::IndexFund);
    indices.sort_by(|a, b| a.stock.symbol.cmp(&b.stock.symbol));
    let sectors = sectors(&stocks);
    let breadth = breadth(&stocks);
    let change = |member: &Member| member.quote.change_percent();
    stocks.retain(|member| change(member).is_some());
    stocks.sort_by(|a, b| change(b).unwrap_or(0.0).total_cmp(&change(a).unwrap_or(0.0)));
    let gainers = stocks.iter().filter(|member| change(member) > Some(0.0)).take(MOVERS).cloned().collect();
    let losers =
        stocks.iter().rev().filter(|member| change(member) < Some(0.0)).take(MOVERS).cloned().collect();
    let turnover = |member: &Member| member.quote.price.to_f64() * member.quote.volume.unwrap_or(0) as f64;
    stocks.sort_by(|a, b| turnover(b).total_cmp(&turnover(a)));
    stocks.truncate(MOVERS);
    Overview { indices, sectors, gainers, losers, most_traded: stocks, breadth, as_of, sources }
}

fn sectors(members: &[Member]) -> Vec<Sector> {
    let mut sectors: BTreeMap<&str, Vec<&Quote>> = BTreeMap::new();
    for member in members {
        if let Some(sector) = &member.stock.sector {
            sectors.entry(sector).or_default().push(&member.quote);
        }
    }
    let sector = |(name, quotes): (&str, Vec<&Quote>)| {
        let changes: Vec<f64> = quotes.iter().filter_map(|quote| quote.change_percent()).collect();
        Sector {
            name: name.to_owned(),
            stocks: quotes.len(),
            change_percent: statistics::mean(&changes),
            sources: quotes.iter().map(|quote| quote.source).collect(),
        }
    };
    sectors.into_iter().map(sector).collect()
}

fn breadth(members: &[Member]) -> Breadth {
    let mut breadth = Breadth::default();
    for change in members.iter().filter_map(|member| member.quote.change()) {
        match change.units().signum() {
            1 => breadth.advancing += 1,
            -1 => breadth.declining += 1,
            _ => breadth.unchanged += 1,
        }
    }
    breadth
}
