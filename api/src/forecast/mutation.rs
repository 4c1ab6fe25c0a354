//! Asking models, training them, and deciding which one answers.

use super::{
    Model, Prediction,
    model::{ModelCombination, ModelKind, ModelStage},
    query::model_id,
};
use crate::{
    admin::Job,
    context::ContextExt as _,
    error::{ApiError, Result},
    scalar::{Date, Symbol},
};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::{
    admin::job,
    forecast::{
        Error, Refusal,
        promotion::{Wish, promote, roll_back},
        training::{self, Request},
    },
    identity::Scope,
};

/// What to predict.
#[derive(InputObject)]
struct PredictInput {
    /// Which stock.
    symbol: Symbol,
    /// How many trading days ahead: 1 or 5.
    #[graphql(default = 1)]
    horizon: i32,
}

/// What a model expects.
#[derive(SimpleObject)]
struct PredictPayload {
    /// The prediction; the same one again within ten minutes, unless a bar or a post of the stock became known since.
    prediction: Prediction,
}

/// What to predict.
#[derive(InputObject)]
struct PredictBatchInput {
    /// Which stocks, at most 500; each is predicted once.
    symbols: Vec<Symbol>,
    /// How many trading days ahead: 1 or 5.
    #[graphql(default = 1)]
    horizon: i32,
}

/// What came of a batch.
#[derive(SimpleObject)]
struct PredictBatchPayload {
    /// A result for each stock, in the order of the input.
    results: Vec<PredictionResult>,
}

/// What came of asking about one stock: a prediction or a failure.
#[derive(SimpleObject)]
struct PredictionResult {
    /// The stock that was asked about.
    symbol: Symbol,
    /// What the model expects; null if nothing can be said.
    prediction: Option<Prediction>,
    /// Why nothing can be said; null if something was.
    failure: Option<PredictionFailure>,
}

/// Why nothing can be said of a stock.
#[derive(SimpleObject)]
struct PredictionFailure {
    /// For programs.
    code: PredictionFailureCode,
    /// For people.
    message: String,
}

/// Why nothing can be said of a stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum PredictionFailureCode {
    /// No stock is called that.
    UnknownSymbol,
    /// It has no bar, or too few of them.
    TooLittleHistory,
    /// Its newest bar is too old: it is halted, delisted, or no longer collected.
    Stale,
    /// Its price did not move: there is nothing to tell from.
    ConstantPrice,
    /// Too many of its newest features are missing, or not numbers.
    MissingFeatures,
    /// The close to predict is known by now, but its bar is not collected yet, or posts before it wait for their scores.
    NotYet,
    /// The model cannot read these features, or fails at them.
    ModelMismatch,
}

/// What to train.
#[derive(InputObject)]
struct TrainModelInput {
    /// What the model is made of.
    #[graphql(default_with = "ModelKind::Trees")]
    kind: ModelKind,
    /// Of an ensemble: two or three different ones of TREES, LSTM and TFT.
    #[graphql(default)]
    members: Vec<ModelKind>,
    /// How an ensemble weighs them.
    #[graphql(default_with = "ModelCombination::Stacked")]
    combination: ModelCombination,
    /// How many trading days ahead it shall look: 1 or 5.
    #[graphql(default = 1)]
    horizon: i32,
    /// The stocks to learn from, at most 1000; default the watch-list.
    symbols: Option<Vec<Symbol>>,
    /// The first day to learn from.
    first_day: Date,
    /// The last; default today.
    last_day: Option<Date>,
    /// Which features: 1.0.0 has 23, 2.0.0 has 29.
    #[graphql(default_with = "\"2.0.0\".to_owned()")]
    feature_version: String,
    /// How many settings are tried, 1 to 100.
    #[graphql(default = 1)]
    trials: i32,
    /// How many times the model is trained on the past and tested on what came then, 1 to 20.
    #[graphql(default = 5)]
    folds: i32,
    /// The most trees of a quantile, or epochs of a network, 1 to 10000; default as is usual for the kind.
    rounds: Option<i32>,
    /// Decides everything that is left to chance, from 0: the same data, settings and seed give the same model.
    #[graphql(default = 0)]
    seed: i32,
}

/// What trains the model.
#[derive(SimpleObject)]
struct TrainModelPayload {
    /// The job; watch it with `jobUpdated`, and find the model in `models` when it has ended.
    job: Job,
}

/// Which model goes where.
#[derive(InputObject)]
struct PromoteModelInput {
    /// The model.
    id: ID,
    /// Where to: `STAGING` has it predict beside, `PRODUCTION` has it answer.
    stage: ModelStage,
    /// With `STAGING`: for so many of a hundred symbols it answers, at most 50; their predictions and those of the model in
    /// production can be compared.
    #[graphql(default = 0)]
    percent: i32,
    /// Why, if the gate objects to its answering; it stands in the audit log.
    reason: Option<String>,
}

/// Which model answers now.
#[derive(SimpleObject)]
struct PromoteModelPayload {
    /// The model as it stands now.
    model: Model,
}

/// What to take back.
#[derive(InputObject)]
struct RollbackModelInput {
    /// For which horizon: 1 or 5 trading days.
    #[graphql(default = 1)]
    horizon: i32,
    /// Why; it stands in the audit log.
    reason: Option<String>,
}

/// Which model answers again.
#[derive(SimpleObject)]
struct RollbackModelPayload {
    /// The model that answers again.
    model: Model,
}

#[derive(Debug, Default)]
pub struct ForecastMutation;

#[Object]
impl ForecastMutation {
    /// Asks the model that answers about a stock. Needs the role USER, or an API key with the scope PREDICT; ten times a
    /// minute. `MODEL_UNAVAILABLE` while no model is in production.
    async fn predict(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to predict.")] input: PredictInput,
    ) -> Result<PredictPayload> {
        ctx.access().user(Scope::Predict)?;
        let symbols = [input.symbol.0];
        let answers = ctx.predictor().predict(ctx.platform(), input.horizon, &symbols).await?;
        let (symbol, answer) = answers.into_iter().next().ok_or_else(ApiError::internal)?;
        let row = answer.map_err(|refusal| Error::Refused(symbol.to_string(), refusal))?;
        Ok(PredictPayload { prediction: row.into() })
    }

    /// Asks the models that answer about many stocks at once; one that nothing can be said of leaves the others alone.
    /// Needs the role USER, or an API key with the scope PREDICT; ten times a minute.
    async fn predict_batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to predict.")] input: PredictBatchInput,
    ) -> Result<PredictBatchPayload> {
        ctx.access().user(Scope::Predict)?;
        let symbols: Vec<_> = input.symbols.into_iter().map(|symbol| symbol.0).collect();
        let answers = ctx.predictor().predict(ctx.platform(), input.horizon, &symbols).await?;
        let result = |(symbol, answer): (_, domain::forecast::predictor::Answer)| {
            let (prediction, failure) = match answer {
                Ok(row) => (Some(row.into()), None),
                Err(refusal) => (None, Some(PredictionFailure::from(&refusal))),
            };
            PredictionResult { symbol: Symbol(symbol), prediction, failure }
        };
        Ok(PredictBatchPayload { results: answers.into_iter().map(result).collect() })
    }

    /// Trains a model in the background; it becomes an experiment, which nobody is answered by. Needs the role ADMIN and a
    /// fresh TOTP code.
    async fn train_model(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to train.")] input: TrainModelInput,
    ) -> Result<TrainModelPayload> {
        let proof = ctx.access().fresh_totp(ctx.platform()).await?;
        let id = training::ask(ctx.platform(), &proof, input.request()?).await?;
        let row = job::find(ctx.db(), id).await?.ok_or_else(ApiError::internal)?;
        Ok(TrainModelPayload { job: row.into() })
    }

    /// Puts a model into staging or production. To answer, it must come past a gate: better than the naive forecast by a
    /// test, right about 55 % of directions, and better than the present one on the same days; or with a reason. Requests under way are
    /// answered by the model that they began with. Needs the role ADMIN and a fresh TOTP code.
    async fn promote_model(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which model goes where.")] input: PromoteModelInput,
    ) -> Result<PromoteModelPayload> {
        let proof = ctx.access().fresh_totp(ctx.platform()).await?;
        let wish = Wish {
            model: model_id("id", &input.id)?,
            to: input.stage.into(),
            percent: input.percent,
            reason: input.reason,
        };
        let row = promote(ctx.platform(), &proof, ctx.predictor(), wish).await?;
        Ok(PromoteModelPayload { model: row.into() })
    }

    /// Has that model answer again which did before the present one. Needs the role ADMIN and a fresh TOTP code.
    async fn rollback_model(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to take back.")] input: RollbackModelInput,
    ) -> Result<RollbackModelPayload> {
        let proof = ctx.access().fresh_totp(ctx.platform()).await?;
        let row = roll_back(ctx.platform(), &proof, ctx.predictor(), input.horizon, input.reason).await?;
        Ok(RollbackModelPayload { model: row.into() })
    }
}

impl TrainModelInput {
    fn request(self) -> Result<Request> {
        let number = |field: &str, number: i32| {
            u32::try_from(number).map_err(|_| ApiError::input(field, "write a number from 0 on"))
        };
        Ok(Request {
            members: self.members.into_iter().map(Into::into).collect(),
            combination: self.combination.into(),
            symbols: self.symbols.unwrap_or_default().into_iter().map(|symbol| symbol.0).collect(),
            last: self.last_day.map(|day| day.0),
            feature_version: self.feature_version,
            trials: number("trials", self.trials)?,
            folds: number("folds", self.folds)?,
            rounds: self.rounds.map(|rounds| number("rounds", rounds)).transpose()?,
            seed: number("seed", self.seed)?,
            ..Request::new(self.kind.into(), self.horizon, self.first_day.0)
        })
    }
}

impl From<&Refusal> for PredictionFailure {
    fn from(refusal: &Refusal) -> Self {
        use domain::forecast::Unforecastable;
        let code = match refusal {
            Refusal::UnknownSymbol => PredictionFailureCode::UnknownSymbol,
            Refusal::NoBars | Refusal::Unforecastable(Unforecastable::TooShort { .. }) => {
                PredictionFailureCode::TooLittleHistory
            }
            Refusal::Stale(_) => PredictionFailureCode::Stale,
            Refusal::Unforecastable(Unforecastable::Constant) => PredictionFailureCode::ConstantPrice,
            Refusal::Unforecastable(Unforecastable::Missing | Unforecastable::NotFinite) => {
                PredictionFailureCode::MissingFeatures
            }
            Refusal::Late(_) | Refusal::Unscored => PredictionFailureCode::NotYet,
            Refusal::Failed | Refusal::Unforecastable(_) => PredictionFailureCode::ModelMismatch,
        };
        Self { code, message: refusal.to_string() }
    }
}
