//! A prediction, as clients see it.

use super::{lineage::PredictionLineage, loader::ModelKey, model::Model};
use crate::{
    context::ContextExt as _,
    error::{ApiError, Result},
    market::{Stock, StockKey},
    relay::{GlobalId, NodeKind},
    scalar::{Date, Long, Symbol},
};
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    Amount,
    forecast::{
        model,
        prediction::{self, Row, confidence, contributions, outcome, quantiles},
    },
};
use rust_decimal::Decimal;

const DISCLAIMER: &str = "A statistical estimate from past data. It is no investment advice, and it may be wrong: see how \
                          often in `model.live`.";

/// What the numbers suggest to someone who holds nothing; costs, taxes and everything else unknown to the model left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "prediction::Signal")]
pub enum PredictionSignal {
    /// A rise has a probability of at least 55 %, and the median is above the base price.
    Buy,
    /// A rise has a probability of at most 45 %, and the median is below the base price.
    Sell,
    /// Neither.
    Hold,
}

/// How far the price may move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "prediction::Risk")]
pub enum RiskLevel {
    /// The expected volatility of a year is below 20 %.
    Low,
    /// It is between 20 and 40 %.
    Medium,
    /// It is 40 % or more.
    High,
}

/// Where a price is expected to lie.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct PriceInterval {
    /// The lower end.
    low: Decimal,
    /// The upper end.
    high: Decimal,
}

/// A price that is not exceeded with a probability.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct PriceQuantile {
    /// The probability, 0 to 1.
    level: f64,
    /// The return on the base price, such as 0.01.
    change: f64,
}

/// What a feature did to a prediction.
#[derive(Clone, Debug, SimpleObject)]
pub struct FeatureContribution {
    /// The name of the feature, such as `rsi_14`.
    feature: String,
    /// Of trees, the Shapley value: what it adds to the median's return. Of Temporal Fusion Transformers, its share of the
    /// attention, 0 to 1.
    value: f64,
}

/// What came of a prediction.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct PredictionOutcome {
    /// The close of the target day, on the basis of the base price: adjusted for splits and dividends since.
    price: Decimal,
    /// The return on the base price.
    change: f64,
    /// The return less the expected one.
    error: f64,
    /// Whether the price moved to the side that was more probable; null if it did not move.
    is_direction_right: Option<bool>,
    /// Whether the price came to lie within the 95 % interval.
    is_within_95: bool,
    /// Whether the price came to lie within the 99 % interval.
    is_within_99: bool,
    /// When it was compared.
    judged_at: Option<DateTime<Utc>>,
}

/// What a model expects of a stock.
#[derive(Clone, Debug)]
pub struct Prediction(Row);

impl From<Row> for Prediction {
    fn from(row: Row) -> Self {
        Self(row)
    }
}

impl Prediction {
    async fn model_row(&self, ctx: &Context<'_>) -> Result<model::Row> {
        let row = ctx.loader().load_one(ModelKey(self.0.model_id)).await?;
        row.ok_or_else(|| ApiError::not_found("model", "the model was removed"))
    }
}

/// What a model expects of a stock, said at one moment and never changed.
#[Object]
impl Prediction {
    /// Identifies the prediction among all objects.
    pub async fn id(&self) -> ID {
        GlobalId::new(NodeKind::Prediction, self.0.id).encode()
    }

    /// The name under which the stock trades.
    async fn symbol(&self) -> Result<Symbol> {
        Ok(Symbol(self.0.symbol.parse::<domain::market::Symbol>()?))
    }

    /// The stock.
    async fn stock(&self, ctx: &Context<'_>) -> Result<Stock> {
        let row = ctx.loader().load_one(StockKey(self.0.stock_id)).await?;
        let row = row.ok_or_else(|| ApiError::not_found("stock", "the stock was removed"))?;
        Ok(Stock::new(row, ctx.now()))
    }

    /// How many trading days ahead it looks.
    async fn horizon(&self) -> i32 {
        self.0.horizon
    }

    /// The last day whose close the model knew.
    async fn day(&self) -> Date {
        Date(self.0.day)
    }

    /// The day whose close it is about.
    async fn target_day(&self) -> Date {
        Date(self.0.target_day)
    }

    /// The close of `day`, as it was adjusted then.
    async fn base_price(&self) -> Decimal {
        self.0.base_price.into()
    }

    /// The expected close: the median, above and below which it comes to lie equally often.
    async fn price(&self) -> Decimal {
        self.0.price.into()
    }

    /// Where the close lies with a probability of 95 %, if the future is like the past.
    async fn interval95(&self) -> PriceInterval {
        interval(self.0.low_95, self.0.high_95)
    }

    /// Where the close lies with a probability of 99 %, if the future is like the past.
    async fn interval99(&self) -> PriceInterval {
        interval(self.0.low_99, self.0.high_99)
    }

    /// The distribution of the return, by rising levels.
    async fn quantiles(&self) -> Vec<PriceQuantile> {
        quantiles(&self.0).into_iter().map(|(level, change)| PriceQuantile { level, change }).collect()
    }

    /// The probability of a rise, 0 to 1; calibrated on days that the model was not trained on.
    async fn probability_up(&self) -> f64 {
        self.0.probability_up
    }

    /// How sure the model is of the side that it is on, 0.5 to 1: the larger of `probabilityUp` and one less it.
    async fn confidence(&self) -> f64 {
        confidence(&self.0)
    }

    /// What the numbers suggest.
    async fn signal(&self) -> PredictionSignal {
        self.0.signal.into()
    }

    /// How far the price may move, in a word.
    async fn risk(&self) -> RiskLevel {
        self.0.risk.into()
    }

    /// The expected standard deviation of the return over the horizon.
    async fn volatility(&self) -> f64 {
        self.0.volatility
    }

    /// What features did, of the ten that did most; empty where they did nothing, or the model does not tell.
    async fn contributions(&self) -> Vec<FeatureContribution> {
        let contribution = |(feature, value)| FeatureContribution { feature, value };
        contributions(&self.0).into_iter().map(contribution).collect()
    }

    /// The model that says so.
    async fn model(&self, ctx: &Context<'_>) -> Result<Model> {
        Ok(self.model_row(ctx).await?.into())
    }

    /// The name of the model with its version, such as `trees-1d-3`.
    async fn model_version(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(model::name(&self.model_row(ctx).await?))
    }

    /// Whether it was made beside the answers that were given, to see how good a model in staging would be.
    async fn is_shadow(&self) -> bool {
        self.0.is_shadow
    }

    /// Whether bars or posts of the simulated market are in it: then it says nothing about the real one.
    async fn is_simulated(&self) -> bool {
        self.0.is_simulated
    }

    /// What it was made from.
    async fn lineage(&self) -> PredictionLineage {
        PredictionLineage::of(&self.0)
    }

    /// What came; null until the close of the target day is known.
    async fn outcome(&self) -> Option<PredictionOutcome> {
        let (actual, came) = (self.0.actual_price?, outcome(&self.0)?);
        let expected = self.0.price.to_f64() / self.0.base_price.to_f64() - 1.0;
        Some(PredictionOutcome {
            price: actual.into(),
            change: came.change,
            error: came.change - expected,
            is_direction_right: came.is_right,
            is_within_95: came.is_within_95,
            is_within_99: came.is_within_99,
            judged_at: self.0.judged_at,
        })
    }

    /// When it was made.
    async fn made_at(&self) -> DateTime<Utc> {
        self.0.known_at
    }

    /// Its place in the chain of all predictions.
    async fn sequence(&self) -> Long {
        Long(self.0.sequence)
    }

    /// SHA-256 of all that was said and of the hash before it: nobody can change it afterwards without breaking the chain.
    async fn hash(&self) -> &str {
        &self.0.hash
    }

    /// What to keep in mind.
    async fn disclaimer(&self) -> &str {
        DISCLAIMER
    }
}

fn interval(low: Amount, high: Amount) -> PriceInterval {
    PriceInterval { low: low.into(), high: high.into() }
}
