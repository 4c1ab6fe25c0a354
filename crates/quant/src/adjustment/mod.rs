//! Prices brought onto one basis across splits and dividends.
//!
//! Owns the factors and their inverse; never decides whether an action is true.

#[cfg(test)]
mod tests;

/// What a company did to its shares on an ex-date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// `new` shares for `old` ones: 2 for 1 halves the price.
    Split { new: f64, old: f64 },
    /// Cash for each share as it is on the ex-date, so after a split of the same day.
    Dividend { cash: f64 },
}

/// What a day's raw close is multiplied by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor {
    /// For later splits alone.
    pub split: f64,
    /// For later splits and dividends.
    pub full: f64,
}

impl Factor {
    const NONE: Self = Self { split: 1.0, full: 1.0 };
}

/// The factors of raw `closes`, sorted by day, one for each.
///
/// By the standard of the Center for Research in Security Prices, as Yahoo describes it: closes before the ex-date are
/// multiplied by `old / new` for a split, and by `1 - D / P` for a dividend `D`, where `P` is the last close before the
/// ex-date. An action counts from the first close on or after its ex-date, so an announced one changes nothing yet. The
/// order of `actions` does not matter, and those of one day count together. `None` where a ratio, dividend or close makes
/// no sense: not finite, not positive, or a dividend of the whole price.
pub fn factors<D: Copy + Ord>(closes: &[(D, f64)], actions: &[(D, Action)]) -> Option<Vec<Factor>> {
    let mut actions: Vec<&(D, Action)> = actions.iter().collect();
    actions.sort_by_key(|action| action.0);
    let mut factors = vec![Factor::NONE; closes.len()];
    let mut later = Factor::NONE;
    for at in (0..closes.len()).rev() {
        factors[at] = later;
        if at > 0 {
            let after = actions.partition_point(|action| action.0 <= closes[at - 1].0);
            let until = actions.partition_point(|action| action.0 <= closes[at].0);
            let step = step(closes[at - 1].1, actions[after..until].iter().map(|action| action.1))?;
            later = Factor { split: later.split * step.split, full: later.full * step.full };
        }
    }
    Some(factors)
}

/// What closes before an ex-date are multiplied by, for all actions between two neighbouring closes.
pub fn step(previous_close: f64, actions: impl IntoIterator<Item = Action>) -> Option<Factor> {
    let (split, cash) = together(actions)?;
    let dividend = if cash > 0.0 { 1.0 - cash / (valid(previous_close)? * split) } else { 1.0 };
    (dividend > 0.0 && valid(split).is_some()).then_some(Factor { split, full: split * dividend })
}

/// Raw closes times their factors.
pub fn adjusted<D: Copy>(
    closes: &[(D, f64)],
    factors: &[Factor],
    of: impl Fn(&Factor) -> f64,
) -> Vec<(D, f64)> {
    closes.iter().zip(factors).map(|((day, close), factor)| (*day, close * of(factor))).collect()
}

/// The raw closes behind adjusted ones, the inverse of [`factors`]: dividends are measured on the raw closes found so far.
///
/// `None` where [`factors`] has none.
pub fn raw<D: Copy + Ord>(adjusted: &[(D, f64)], actions: &[(D, Action)]) -> Option<Vec<(D, f64)>> {
    let mut raw = adjusted.to_vec();
    let mut later = 1.0;
    for at in (0..adjusted.len()).rev() {
        raw[at].1 = adjusted[at].1 / later;
        if at > 0 {
            let (before, until) = (adjusted[at - 1].0, adjusted[at].0);
            let (split, cash) = together(between(actions, before, until))?;
            // adjusted = later × (P × split - cash), solved for P and then for its factor.
            let close = (adjusted[at - 1].1 / later + cash) / split;
            later *= adjusted[at - 1].1 / later / valid(close)?;
        }
    }
    Some(raw)
}

/// What a holder earned from close to close, dividends included; item `i` belongs to close `i`, so the first is `None`.
///
/// `(P[i] × new / old + D × new / old) / P[i-1] - 1`: the holding period return of the Center for Research in Security
/// Prices, its dividend for each share as it is on the ex-date.
pub fn total_returns<D: Copy + Ord>(closes: &[(D, f64)], actions: &[(D, Action)]) -> Vec<Option<f64>> {
    let earned = |pair: &[(D, f64)]| {
        let (split, cash) = together(between(actions, pair[0].0, pair[1].0))?;
        Some((valid(pair[1].1)? + cash) / split / valid(pair[0].1)? - 1.0)
    };
    let first = closes.first().map(|_| None);
    first.into_iter().chain(closes.windows(2).map(earned)).collect()
}

fn between<D: Copy + Ord>(
    actions: &[(D, Action)],
    after: D,
    until: D,
) -> impl Iterator<Item = Action> + Clone {
    actions.iter().filter(move |action| after < action.0 && action.0 <= until).map(|action| action.1)
}

/// Old shares for a new one, and cash for a new one.
fn together(actions: impl IntoIterator<Item = Action>) -> Option<(f64, f64)> {
    let (mut split, mut cash) = (1.0, 0.0);
    for action in actions {
        match action {
            Action::Split { new, old } => split *= valid(old)? / valid(new)?,
            Action::Dividend { cash: one } => cash += valid(one)?,
        }
    }
    Some((split, cash))
}

fn valid(value: f64) -> Option<f64> {
    (value.is_finite() && value > 0.0).then_some(value)
}
