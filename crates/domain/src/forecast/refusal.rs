//! Why nothing is said of a stock.

use chrono::NaiveDate;
use ml::forecast::Unforecastable;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("no stock is called that: import its prices, or add it to the watch-list")]
    UnknownSymbol,
    #[error("there is no bar of the last 400 days")]
    NoBars,
    #[error("the newest bar is of {0}: it is halted, delisted, or no longer collected")]
    Stale(NaiveDate),
    #[error(
        "the newest bar is of {0}, and the close to predict is known by now: its bar is not collected yet"
    )]
    Late(NaiveDate),
    #[error("posts of the last session are still being scored; try again in a moment")]
    Unscored,
    #[error("the model failed; the log says why")]
    Failed,
    #[error("{0}")]
    Unforecastable(Unforecastable),
}
