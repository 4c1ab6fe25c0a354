//! What somebody says of their model.

use super::Refused;
use crate::forecast::{LEVELS, view::Layout};
use quant::normal;
use serde::{Deserialize, Serialize};

/// What a model reads, and what it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The input's name in the graph: rows × columns, or rows × 30 days × columns, the newest day last.
    pub input: String,
    pub layout: Layout,
    /// In the order in which the model reads them, as the feature set has them. Where a number is missing, a day has NaN; a
    /// sequence has what was known last, or else the mean of the days of calibration.
    pub columns: Vec<String>,
    /// The output's name: rows × levels, or a number a row.
    pub output: String,
    /// Of the quantiles, rising between 0 and 1; none for the expected return.
    #[serde(default)]
    pub levels: Vec<f64>,
    pub target: Target,
    /// Trading days, 1 to 20.
    pub horizon: usize,
}

/// The return that a model was trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The simple one, such as 0.01.
    Return,
    LogReturn,
}

impl Target {
    pub const ALL: [Self; 2] = [Self::Return, Self::LogReturn];

    /// What the target is called in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Return => "return",
            Self::LogReturn => "log_return",
        }
    }

    /// The simple return.
    pub(super) fn simple(self, said: f64) -> f64 {
        match self {
            Self::Return => said,
            Self::LogReturn => said.exp_m1(),
        }
    }
}

impl Manifest {
    pub(super) fn check(&self, names: &[String]) -> Result<(), Refused> {
        let is_within = |level: &f64| *level > 0.0 && *level < 1.0;
        let are_levels =
            self.levels.iter().all(is_within) && self.levels.is_sorted_by(|low, high| low < high);
        let ranges = [
            ("columns", !self.columns.is_empty()),
            ("levels", are_levels),
            ("horizon", (1..=20).contains(&self.horizon)),
        ];
        if let Some((name, _)) = ranges.into_iter().find(|(_, fits)| !fits) {
            return Err(Refused::Manifest(name));
        }
        let unknown = self.columns.iter().find(|column| !names.contains(column));
        unknown.map_or(Ok(()), |column| Err(Refused::Column(column.clone())))
    }

    /// How many numbers the model says of a row.
    pub(super) fn numbers(&self) -> usize {
        self.levels.len().max(1)
    }

    /// Whether the levels lie on both sides of the middle, so that they tell of a whole distribution.
    pub(super) fn has_spread(&self) -> bool {
        self.levels.first().is_some_and(|level| *level < 0.5)
            && self.levels.last().is_some_and(|level| *level > 0.5)
    }

    /// From what is said at the model's levels to [`LEVELS`].
    ///
    /// Straight lines between normal scores, and beyond the outer levels the outer lines: exact of a normal distribution. A
    /// model that says one side only, or a single number, says the same at every level: that nearest to the middle.
    pub(super) fn spread(&self, said: &[f64]) -> [f64; LEVELS.len()] {
        if !self.has_spread() {
            let distance = |place: &usize| self.levels.get(*place).map_or(0.0, |level| (level - 0.5).abs());
            let nearest = (0..said.len()).min_by(|one, other| distance(one).total_cmp(&distance(other)));
            return [nearest.map_or(f64::NAN, |place| said[place]); LEVELS.len()];
        }
        LEVELS.map(|level| {
            let above = self.levels.partition_point(|other| *other < level).clamp(1, said.len() - 1);
            let [low, here, high] = [self.levels[above - 1], level, self.levels[above]].map(normal::quantile);
            said[above - 1] + (said[above] - said[above - 1]) * (here - low) / (high - low)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{LEVELS, Layout, Manifest, Refused, Target};
    use quant::normal;

    fn manifest(levels: &[f64]) -> Manifest {
        Manifest {
            input: "x".to_owned(),
            layout: Layout::Day,
            columns: vec!["a".to_owned()],
            output: "y".to_owned(),
            levels: levels.to_vec(),
            target: Target::Return,
            horizon: 1,
        }
    }

    #[test]
    fn a_normal_distribution_is_found_from_any_of_its_levels() {
        for levels in [&[0.1, 0.9][..], &[0.05, 0.25, 0.5, 0.75, 0.95], &LEVELS, &[0.4, 0.6, 0.99]] {
            let said: Vec<f64> = levels.iter().map(|level| 3.0 + 2.0 * normal::quantile(*level)).collect();
            for (found, level) in manifest(levels).spread(&said).into_iter().zip(LEVELS) {
                let expected = 3.0 + 2.0 * normal::quantile(level);
                assert!((found - expected).abs() < 1e-9, "{levels:?}: {found} is not {expected}");
            }
        }
    }

    #[test]
    fn a_number_or_one_side_stands_for_all_levels() {
        for (levels, said) in [(&[][..], &[0.5][..]), (&[0.9], &[0.5]), (&[0.1, 0.2, 0.5], &[0.1, 0.2, 0.5])]
        {
            let found = manifest(levels).spread(said);
            assert!(found.iter().all(|quantile| (quantile - 0.5).abs() < 1e-12), "{levels:?}: {found:?}");
        }
    }

    #[test]
    fn a_manifest_is_read_and_what_is_wrong_with_it_is_named() {
        let text = r#"{"input":"x","layout":"sequence","columns":["a"],"output":"y","target":"log_return","horizon":5}"#;
        let read: Manifest = serde_json::from_str(text).unwrap();
        assert_eq!((read.layout, read.target, read.levels.len()), (Layout::Sequence, Target::LogReturn, 0));
        assert!(serde_json::from_str::<Manifest>(&text.replace("horizon", "days")).is_err());
        let names = ["a".to_owned()];
        let refused = |manifest: Manifest| manifest.check(&names).unwrap_err();
        assert_eq!(manifest(&[0.1, 0.9]).check(&names), Ok(()));
        for levels in [&[0.0][..], &[1.0], &[0.5, 0.5], &[f64::NAN]] {
            assert_eq!(refused(manifest(levels)), Refused::Manifest("levels"));
        }
        assert_eq!(refused(Manifest { horizon: 21, ..manifest(&[]) }), Refused::Manifest("horizon"));
        assert_eq!(refused(Manifest { columns: Vec::new(), ..manifest(&[]) }), Refused::Manifest("columns"));
        let columns = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(refused(Manifest { columns, ..manifest(&[]) }), Refused::Column("b".to_owned()));
    }

    #[test]
    fn a_logarithm_is_a_simple_return_again() {
        assert!((Target::LogReturn.simple(1.1_f64.ln()) - 0.1).abs() < 1e-12);
        assert!((Target::Return.simple(0.1) - 0.1).abs() < 1e-12);
    }
}
