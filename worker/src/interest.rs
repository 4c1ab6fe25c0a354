//! How much symbols matter, so that scarce requests go where they count.

use chrono::{DateTime, Utc};
use domain::{
    Timeframe, Window,
    market::{Symbol, audience, stock},
    news::post,
};
use sea_orm::ConnectionTrait;
use std::collections::HashMap;

/// What live clients follow matters as much as what is named ten times a day.
const FOLLOWED: f64 = 2.4;

/// By symbol: 1 of what nobody writes about or follows, more with the logarithm of how often it was named within a day,
/// and more again if a live client follows it.
pub(crate) async fn interest(
    db: &impl ConnectionTrait,
    symbols: &[Symbol],
    now: DateTime<Utc>,
) -> anyhow::Result<HashMap<Symbol, f64>> {
    let ids = stock::ids_by_symbol(db).await?;
    let known: Vec<_> =
        symbols.iter().filter_map(|symbol| Some((symbol, *ids.get(symbol.as_str())?))).collect();
    let stocks: Vec<_> = known.iter().map(|(_, id)| *id).collect();
    let counts = post::counts(db, &stocks, &Window::new(Timeframe::D1, now)).await?;
    let present = audience::present(db, now).await?;
    let weight = |count: i64| 1.0 + (count as f64).ln_1p();
    let weights = known.into_iter().map(|(symbol, id)| {
        let count = counts.get(&id).copied().unwrap_or_default();
        let followed = if present.contains(symbol.as_str()) { FOLLOWED } else { 0.0 };
        (symbol.clone(), weight(count) + followed)
    });
    Ok(weights.collect())
}
