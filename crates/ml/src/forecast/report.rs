//! What a model is worth, in numbers that can be stored.

use serde::{Deserialize, Serialize};

/// What was found out about a model on days that it had not seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Days of stocks with features and a return to learn from.
    pub rows: usize,
    pub stocks: usize,
    /// The first and the last day of those.
    pub days: Span,
    /// How many models were tried, in all folds and for the model that is kept.
    pub trials: usize,
    pub folds: Vec<Fold>,
    /// The model's, then those of an ensemble's members, each by itself, of saying that nothing will change (`naive`), and that all goes on as on average (`drift`).
    pub scores: Vec<Scores>,
    /// Of an ensemble: what each member counts for, together 1.
    #[serde(default)]
    pub members: Vec<Member>,
    /// By the absolute error of the median: whether the direction is known better than by nobody.
    pub points_against_naive: Option<Advantage>,
    /// By the mean pinball loss of all levels: whether anything is known that the volatility alone does not say.
    pub quantiles_against_naive: Option<Advantage>,
    /// The calmest and the wildest fifth of days, by the volatility of all stocks known before.
    pub regimes: Vec<Regime>,
    /// By column; the shares are together 1, or all 0 where the model does not tell.
    pub importance: Vec<Importance>,
    /// By column: what the rows of training were like, to measure drift later.
    pub references: Vec<Reference>,
}

impl Report {
    /// The columns that the model hardly looks at: less than a thousandth of the importance each. None where it does not
    /// tell.
    pub fn dead(&self) -> impl Iterator<Item = &str> {
        let tells = self.importance.iter().any(|one| one.share > 0.0);
        let dead = self.importance.iter().filter(move |one| tells && one.share < 0.001);
        dead.map(|one| one.column.as_str())
    }
}

/// What a member of an ensemble counts for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The name of its kind.
    pub name: String,
    /// Its share of the whole, the mean of all levels.
    pub weight: f64,
}

/// Days, the first and the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub first: i32,
    pub last: i32,
}

/// One walk forward: trained before it was calibrated before it was tested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fold {
    pub training: Span,
    pub validation: Span,
    pub test: Span,
    /// How many rows each has, in this order; training none of a model that is there already.
    pub rows: [usize; 3],
}

/// A share with the 95 % confidence interval by Wilson.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    pub share: f64,
    pub low: f64,
    pub high: f64,
}

/// How good forecasts were; in units of the return where a score has one, `None` where nothing can be said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    pub name: String,
    /// The mean absolute error of the median.
    pub mae: f64,
    /// That over the one of no change.
    pub mae_ratio_to_naive: Option<f64>,
    /// How often the side was right that the probability is on.
    pub accuracy: Option<Share>,
    /// Of rises, by a probability above one half.
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub f1: Option<f64>,
    pub brier: Option<f64>,
    /// The mean over all levels.
    pub pinball: f64,
    pub crps: f64,
    pub coverage_95: Share,
    pub coverage_99: Share,
    /// The mean width of the 95 % interval.
    pub width_95: f64,
    /// For a year, of holding equal parts long or short by the probability, after costs.
    pub sharpe: Option<f64>,
    /// The probability that it is above 0 although the best of so many trials was chosen.
    pub deflated_sharpe: Option<f64>,
}

/// A test by Diebold and Mariano on the mean losses of days.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advantage {
    /// The model's mean loss less the other's: negative if the model is better.
    pub mean_difference: f64,
    pub statistic: f64,
    /// Two-sided.
    pub p_value: f64,
}

impl Advantage {
    /// Whether the model is better, and more so than luck makes it once in so many tries as `level` says, such as 0.05.
    pub fn is_significant(&self, level: f64) -> bool {
        self.mean_difference < 0.0 && self.p_value < level
    }
}

/// How often intervals covered on some of the days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Regime {
    /// `calm` or `wild`.
    pub name: String,
    pub rows: usize,
    pub coverage_95: Share,
    pub coverage_99: Share,
}

/// What a column is worth to the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    pub column: String,
    pub share: f64,
}

/// What a column looked like in training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    pub column: String,
    /// The nine inner borders of ten equally full bins, rising; none where nothing was known.
    pub deciles: Vec<f64>,
    /// The share of values that were missing.
    pub missing: f64,
}
