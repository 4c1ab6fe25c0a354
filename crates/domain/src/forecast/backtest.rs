//! What following a model's signals would have earned: those that it gave, when it gave them.

use super::{Error, model::Row as ModelRow, prediction::Signal};
use crate::{SourceKind, Window, market::price};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use entity::forecast::prediction::{Column, Entity};
use platform::{
    Platform,
    calendar::{Calendar, Session},
};
use quant::backtest::{Backtest, Limits, Market, Terms};
pub use quant::backtest::{Costs, Record};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use tokio::{sync::Semaphore, task::spawn_blocking};
use uuid::Uuid;

/// The most predictions that are followed.
const MOST: u64 = 500_000;

/// Which predictions are followed, and at what costs.
#[derive(Clone, Debug)]
pub struct Question {
    /// `None` means all.
    pub stocks: Option<Vec<Uuid>>,
    /// The first day after whose close a prediction counts.
    pub since: NaiveDate,
    pub costs: Costs,
}

/// The accounts of following signals, and of having bought everything.
#[derive(Clone, Debug)]
pub struct Followed {
    /// One for each day of the records.
    pub days: Vec<NaiveDate>,
    pub stocks: usize,
    /// How many predictions came before the next open, so that they could be followed.
    pub predictions: usize,
    /// Whether signals and bars of the simulated market are among them.
    pub is_simulated: bool,
    pub strategy: Record,
    pub buy_and_hold: Record,
}

/// A signal: the stock, the day it knows the close of, what it says, when it was given, and whether it is simulated.
type Given = (Uuid, NaiveDate, Signal, DateTime<Utc>, bool);

/// One at a time: each may read a great many rows.
static TURN: Semaphore = Semaphore::const_new(1);

/// Follows the first signal about each stock and day: of so many stocks each gets that part of the capital, long for BUY and
/// short for SELL, from the next open on for the horizon; `None` if there is none to follow, or no open is known.
///
/// Signals over several days overlap: each counts for its part (Jegadeesh and Titman 1993). One that came after the next open
/// is left out: nobody could have followed it. So is one about simulated prices where real ones have taken their place.
pub async fn follow(
    platform: &Platform,
    model: &ModelRow,
    question: &Question,
) -> Result<Option<Followed>, Error> {
    let _turn = TURN.acquire().await;
    let (db, now) = (platform.db.connection(), platform.clock.now());
    let calendar = Calendar::new_york();
    let mut given = given(db, model, question).await?;
    // Whatever came after the next open was too late.
    given.retain(|(_, day, _, known_at, _)| {
        day.succ_opt().is_some_and(|next| *known_at < calendar.next_session(next).open)
    });
    let Some(first) = given.iter().map(|(_, day, ..)| *day).min() else { return Ok(None) };
    let stocks: Vec<Uuid> =
        given.iter().map(|(stock, ..)| *stock).collect::<BTreeSet<_>>().into_iter().collect();
    let after = first.and_time(NaiveTime::MIN).and_utc() - TimeDelta::milliseconds(1);
    let bars = price::adjusted(db, &stocks, &Window { after: Some(after), as_of: now }).await?;
    let simulated: HashSet<Uuid> =
        stocks.iter().copied().filter(|stock| is_simulated(&bars, stock)).collect();
    given.retain(|(stock, .., is_simulated)| !is_simulated || simulated.contains(stock));
    let sessions: Vec<Session> = calendar.sessions(first, calendar.last_closed_session(now).day).collect();
    let horizon = usize::try_from(model.horizon).unwrap_or(1);
    let costs = question.costs;
    let followed = spawn_blocking(move || {
        let days: Vec<NaiveDate> = sessions.iter().map(|session| session.day).collect();
        let (weights, predictions) = weights(&given, (&stocks, &sessions), horizon);
        let [opens, closes] = prices(&bars, &stocks, &days);
        // Without one nothing is ever traded, and nothing earned would look like a result.
        opens.iter().find(|open| open.is_finite())?;
        let market = Market::new(stocks.len(), &opens, &closes)?;
        let limits = Limits { weight: 1.0, gross: 1.0, positions: usize::MAX };
        let terms = Terms { capital: 1.0, costs, limits };
        let Backtest { strategy, buy_and_hold } = quant::backtest::run(&market, &weights, &terms)?;
        let is_simulated = !simulated.is_empty();
        Some(Followed { days, stocks: stocks.len(), predictions, is_simulated, strategy, buy_and_hold })
    });
    Ok(followed.await?.filter(|followed| followed.predictions > 0))
}

async fn given(
    db: &impl ConnectionTrait,
    model: &ModelRow,
    question: &Question,
) -> Result<Vec<Given>, Error> {
    let mut select = Entity::find()
        .select_only()
        .columns([Column::StockId, Column::Day, Column::Signal, Column::KnownAt, Column::IsSimulated])
        .filter(Column::ModelId.eq(model.id))
        .filter(Column::Day.gte(question.since));
    if let Some(stocks) = &question.stocks {
        select = select.filter(Column::StockId.is_in(stocks.iter().copied()));
    }
    let rows: Vec<Given> = select.order_by_asc(Column::Sequence).limit(MOST + 1).into_tuple().all(db).await?;
    if rows.len() as u64 > MOST {
        return Err(Error::Input("days", "there are too many predictions: ask about fewer days or stocks"));
    }
    Ok(rows)
}

/// By session, then stock: the part of the equity to hold; and how many predictions could be followed.
fn weights(given: &[Given], (stocks, sessions): (&[Uuid], &[Session]), horizon: usize) -> (Vec<f64>, usize) {
    let places: HashMap<Uuid, usize> =
        stocks.iter().enumerate().map(|(place, stock)| (*stock, place)).collect();
    let mut signals: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (stock, day, signal, ..) in given {
        let Ok(session) = sessions.binary_search_by_key(day, |session| session.day) else { continue };
        let side = match signal {
            Signal::Buy => 1.0,
            Signal::Sell => -1.0,
            Signal::Hold => 0.0,
        };
        signals.entry((session, places[stock])).or_insert(side);
    }
    let part = 1.0 / (stocks.len() * horizon) as f64;
    let mut weights = vec![0.0; sessions.len() * stocks.len()];
    for ((session, stock), side) in &signals {
        for day in *session..(session + horizon).min(sessions.len()) {
            weights[day * stocks.len() + stock] += side * part;
        }
    }
    (weights, signals.len())
}

fn is_simulated(bars: &HashMap<Uuid, Vec<price::Adjusted>>, stock: &Uuid) -> bool {
    bars.get(stock).into_iter().flatten().any(|bar| bar.source == SourceKind::Simulated)
}

/// Opens and closes by day, then stock; NaN where there is none.
fn prices(bars: &HashMap<Uuid, Vec<price::Adjusted>>, stocks: &[Uuid], days: &[NaiveDate]) -> [Vec<f64>; 2] {
    let mut found = [vec![f64::NAN; days.len() * stocks.len()], vec![f64::NAN; days.len() * stocks.len()]];
    for (place, stock) in stocks.iter().enumerate() {
        for bar in bars.get(stock).into_iter().flatten() {
            let Ok(day) = days.binary_search(&bar.time.date_naive()) else { continue };
            let at = day * stocks.len() + place;
            found[0][at] = bar.open.unwrap_or(f64::NAN);
            found[1][at] = bar.price.to_f64();
        }
    }
    found
}
