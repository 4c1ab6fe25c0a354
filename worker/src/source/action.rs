//! What a company does to its shares.

use chrono::NaiveDate;
use domain::market::Symbol;
use entity::Amount;

/// A split or a dividend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorporateAction {
    pub symbol: Symbol,
    /// The first day without it: the exchange's date.
    pub day: NaiveDate,
    pub change: Change,
}

/// What happens to one share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It pays so much.
    Dividend(Amount),
    /// `denominator` old ones become `numerator` new ones.
    Split { numerator: Amount, denominator: Amount },
}
