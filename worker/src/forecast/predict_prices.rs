//! Asks the models that answer, and those in staging, about the watch-list.

use crate::Env;
use domain::{
    forecast::{
        Error, PredictPrices,
        model::{self, Row, Stage},
    },
    market::{Symbol, watchlist},
};
use jobs::{JobContext, Run};
use tracing::{info, warn};

const SYMBOLS_AT_A_TIME: usize = 100;
/// Those that answer, and of those in staging the newest.
const MOST_MODELS: u64 = 10;

#[async_trait::async_trait]
impl Run<Env> for PredictPrices {
    async fn run(&self, env: &Env, ctx: &JobContext) -> anyhow::Result<()> {
        let db = env.platform.db.connection();
        let symbols = watchlist::symbols(db).await?;
        let models = model::predicting(db, MOST_MODELS).await?;
        let mut failed = Ok(());
        for (model, done) in models.iter().zip(1..) {
            let name = model::name(model);
            match ask(env, model, &symbols).await {
                Ok(count) => info!(
                    model.name = name,
                    prediction.count = count,
                    "{name} predicted {count} of {} stocks",
                    symbols.len()
                ),
                // One model keeps none of the others back.
                Err(error) => {
                    warn!(model.name = name, %error, "{name} does not predict");
                    if model.stage == Stage::Production || model.percent > 0 {
                        failed = Err(error);
                    }
                }
            }
            ctx.report(f64::from(done) / models.len() as f64).await?;
        }
        Ok(failed?)
    }
}

/// How many stocks the model said something of.
async fn ask(env: &Env, model: &Row, symbols: &[Symbol]) -> Result<usize, Error> {
    let mut count = 0;
    for symbols in symbols.chunks(SYMBOLS_AT_A_TIME) {
        let answers = env.predictor.ask(&env.platform, model, symbols).await?;
        count += answers.values().filter(|answer| answer.is_ok()).count();
    }
    Ok(count)
}
