//! Models and experiments, as clients see them.

use super::{
    live::{LiveRecord, ObservedShare},
    loader::LiveKey,
};
use crate::{
    context::ContextExt as _,
    error::{ApiError, Result},
    relay::{GlobalId, NodeKind},
    scalar::{Date, Long, Symbol},
};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::forecast::{
    Report, Scores, experiment,
    model::{self, Filter, Row},
};

/// What a model is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Kind")]
pub enum ModelKind {
    /// Gradient-boosted trees, which see the features of a day.
    Trees,
    /// A network with long short-term memory, which reads thirty days.
    Lstm,
    /// A Temporal Fusion Transformer, which reads thirty days and tells what it looked at.
    Tft,
    /// Two or three of the others, whose quantiles are averaged.
    Ensemble,
    /// Somebody's own, which `bellwether models add forecast` took.
    Own,
}

/// How an ensemble weighs its members; decided on days that they did not learn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::forecast::training::Combination")]
pub enum ModelCombination {
    /// All the same.
    Mean,
    /// By the inverse of their loss.
    Weighted,
    /// By quantile, as is best for all together.
    Stacked,
}

/// How far a model has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Stage")]
pub enum ModelStage {
    /// It was trained and measured.
    Experimental,
    /// It predicts beside the one in production, and answers for a share of the symbols if that is wanted.
    Staging,
    /// It answers.
    Production,
}

/// Which models are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ModelFilter {
    /// Only of this kind.
    kind: Option<ModelKind>,
    /// Only those that look so many trading days ahead.
    horizon: Option<i32>,
    /// Only in this stage.
    stage: Option<ModelStage>,
}

impl From<ModelFilter> for Filter {
    fn from(filter: ModelFilter) -> Self {
        Self {
            kind: filter.kind.map(Into::into),
            horizon: filter.horizon,
            stage: filter.stage.map(Into::into),
        }
    }
}

/// How good forecasts were on days that their model had not seen, walking forward.
#[derive(Clone, Debug, SimpleObject)]
pub struct ForecastScores {
    /// Whose: the model's, by its kind such as `trees`; of an ensemble then each member's; `naive`, which expects no change and moves as large as lately; or
    /// `drift`, which expects the mean of the past to go on.
    name: String,
    /// The mean absolute error of the median, in units of the return.
    mean_absolute_error: f64,
    /// That over the error of expecting no change: below 1, something was known; null if nothing moved.
    error_ratio_to_naive: Option<f64>,
    /// How often the side was right that was more probable; null where no side was taken.
    accuracy: Option<ObservedShare>,
    /// The share of expected rises that came, 0 to 1; null without any.
    precision: Option<f64>,
    /// The share of rises that were expected, 0 to 1; null without any.
    recall: Option<f64>,
    /// The harmonic mean of both; null where one is.
    f1: Option<f64>,
    /// The mean squared error of the probability of a rise; null where none was given.
    brier: Option<f64>,
    /// The mean pinball loss of all quantiles, in units of the return.
    pinball: f64,
    /// The continuous ranked probability score, in units of the return.
    crps: f64,
    /// How many returns came to lie within the 95 % interval.
    coverage95: ObservedShare,
    /// How many returns came to lie within the 99 % interval.
    coverage99: ObservedShare,
    /// The mean width of the 95 % interval, in units of the return.
    width95: f64,
    /// The yearly Sharpe ratio of following the side that was more probable, after costs; null where there is none.
    sharpe: Option<f64>,
    /// The probability that the Sharpe ratio is above 0 although the best of so many trials was chosen (Bailey and López de
    /// Prado, 2014); null where there is none.
    deflated_sharpe: Option<f64>,
}

/// What a feature is worth to a model.
#[derive(Clone, Debug, SimpleObject)]
struct FeatureImportance {
    /// The name of the feature.
    feature: String,
    /// Its share, 0 to 1.
    share: f64,
}

/// Who is asked within an ensemble.
#[derive(Clone, Debug, SimpleObject)]
struct EnsembleMember {
    /// Its kind, such as `trees`.
    name: String,
    /// What it counts for, 0 to 1; the mean of all quantiles.
    weight: f64,
}

/// A model that was trained here.
#[derive(Clone, Debug)]
pub struct Model {
    row: Row,
    report: Option<Report>,
}

impl From<Row> for Model {
    fn from(row: Row) -> Self {
        Self { report: model::report(&row), row }
    }
}

/// A model that was trained here, and what it is worth.
#[Object]
impl Model {
    /// Identifies the model among all objects.
    pub async fn id(&self) -> ID {
        GlobalId::new(NodeKind::Model, self.row.id).encode()
    }

    /// Kind, horizon and version together, such as `trees-1d-3`.
    pub async fn name(&self) -> String {
        model::name(&self.row)
    }

    /// What it is made of.
    async fn kind(&self) -> ModelKind {
        self.row.kind.into()
    }

    /// How many trading days ahead it looks.
    async fn horizon(&self) -> i32 {
        self.row.horizon
    }

    /// Counts within kind and horizon, from 1.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// How far it has come.
    async fn stage(&self) -> ModelStage {
        self.row.stage.into()
    }

    /// In staging: it answers for so many of a hundred symbols, always the same ones, to be compared with the model in
    /// production.
    async fn percent(&self) -> i32 {
        self.row.percent
    }

    /// Which features it is given, as a semantic version.
    async fn feature_version(&self) -> &str {
        &self.row.feature_version
    }

    /// The feature snapshot that it was trained on, as `bellwether features show` takes it.
    async fn snapshot_id(&self) -> String {
        self.row.snapshot_id.to_string()
    }

    /// SHA-256 of its ONNX file: the same data, settings and seed give the same.
    async fn checksum(&self) -> &str {
        &self.row.checksum
    }

    /// How large its file is.
    async fn bytes(&self) -> Long {
        Long(self.row.size)
    }

    /// When it was trained.
    async fn trained_at(&self) -> DateTime<Utc> {
        self.row.known_at
    }

    /// How long that took.
    async fn training_seconds(&self) -> f64 {
        self.row.duration_ms as f64 / 1000.0
    }

    /// From which day on it was trained; null if the settings cannot be read any more.
    async fn first_day(&self) -> Option<Date> {
        Some(Date(experiment::settings(&self.row)?.first))
    }

    /// How many models were tried before this one, in all folds: the more, the more luck is in its numbers.
    async fn trials(&self) -> i32 {
        self.report.as_ref().map_or(0, |report| i32::try_from(report.trials).unwrap_or(i32::MAX))
    }

    /// How good it and those who know nothing were on days that it had not seen: the model first, then members of an
    /// ensemble, `naive` and `drift`.
    async fn scores(&self) -> Vec<ForecastScores> {
        let scores = self.report.iter().flat_map(|report| &report.scores);
        scores.map(|scores| ForecastScores::from(scores.clone())).collect()
    }

    /// How probable it is that luck alone sets it as far apart from the naive forecast, to the better or to the worse, by
    /// the test of Diebold and Mariano on the pinball losses of days; null where that cannot be told.
    async fn p_value_against_naive(&self) -> Option<f64> {
        Some(self.report.as_ref()?.quantiles_against_naive?.p_value)
    }

    /// Whether it is better than the naive forecast, and luck alone would be one time in twenty at most.
    async fn is_better_than_naive(&self) -> bool {
        let test = self.report.as_ref().and_then(|report| report.quantiles_against_naive);
        test.is_some_and(|test| test.is_significant(0.05))
    }

    /// What each feature is worth to it, most first; empty where it does not tell.
    async fn importance(&self) -> Vec<FeatureImportance> {
        let all = self.report.iter().flat_map(|report| &report.importance);
        let mut all: Vec<FeatureImportance> =
            all.map(|one| FeatureImportance { feature: one.column.clone(), share: one.share }).collect();
        all.sort_by(|one, other| other.share.total_cmp(&one.share));
        all
    }

    /// The features that it hardly looks at: less than a thousandth each. Empty where it does not tell.
    async fn dead_features(&self) -> Vec<&str> {
        self.report.iter().flat_map(Report::dead).collect()
    }

    /// Who is asked within an ensemble, and how much they count for; empty for other kinds.
    async fn members(&self) -> Vec<EnsembleMember> {
        let members = self.report.iter().flat_map(|report| &report.members);
        members.map(|member| EnsembleMember { name: member.name.clone(), weight: member.weight }).collect()
    }

    /// What came of its predictions; null before the first one was judged.
    async fn live(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of the last so many days, 1 to 3650; default all.")] days: Option<i32>,
        #[graphql(desc = "Only about this stock.")] symbol: Option<Symbol>,
    ) -> Result<Option<LiveRecord>> {
        let days = days.map(|days| u32::try_from(days).ok().filter(|days| (1..=3650).contains(days)));
        if days == Some(None) {
            return Err(ApiError::input("days", "write a number from 1 to 3650"));
        }
        let symbol = symbol.map(|symbol| symbol.0.to_string());
        let key = LiveKey { model: self.row.id, days: days.flatten(), symbol };
        Ok(ctx.loader().load_one(key).await?.map(LiveRecord::from))
    }
}

impl From<Scores> for ForecastScores {
    fn from(scores: Scores) -> Self {
        Self {
            name: scores.name,
            mean_absolute_error: scores.mae,
            error_ratio_to_naive: scores.mae_ratio_to_naive,
            accuracy: scores.accuracy.map(ObservedShare::from),
            precision: scores.precision,
            recall: scores.recall,
            f1: scores.f1,
            brier: scores.brier,
            pinball: scores.pinball,
            crps: scores.crps,
            coverage95: scores.coverage_95.into(),
            coverage99: scores.coverage_99.into(),
            width95: scores.width_95,
            sharpe: scores.sharpe,
            deflated_sharpe: scores.deflated_sharpe,
        }
    }
}

impl From<domain::forecast::Share> for ObservedShare {
    fn from(share: domain::forecast::Share) -> Self {
        Self { share: share.share, low: share.low, high: share.high }
    }
}
