//! Asks the models that answer, and those in staging, about the watch-list.

use crate::Env;
use domain::{
    PageRequest,
    forecast::{
        Error, PredictPrices,
        model::{self, Filter, Row, Stage},
    },
    market::{Symbol, watchlist},
};
use jobs::{JobContext, Run};
use tracing::{info, warn};

const SYMBOLS_AT_A_TIME: usize = 100;
/// Of models in staging the newest.
const MOST_MODELS: u64 = 10;

#[async_trait::async_trait]
impl Run<Env> for PredictPrices {
    async fn run(&self, env: &Env, ctx: &JobContext) -> anyhow::Result<()> {
        let db = env.platform.db.connection();
        let mut models = Vec::new();
        for stage in [Stage::Production, Stage::Staging] {
            let filter = Filter { stage: Some(stage), ..Filter::default() };
            models.extend(model::list(db, &filter, &PageRequest::first(MOST_MODELS)).await?.rows);
        }
        let symbols = watchlist::symbols(db).await?;
        let mut failed = Ok(());
        for (model, done) in models.iter().zip(1..) {
            let name = model::name(model);
            let count = match ask(env, model, &symbols).await {
                Ok(count) => count,
                // One model keeps none of the others back.
                Err(error) => {
                    warn!(model.name = name, %error, "{name} does not predict");
                    if model.stage == Stage::Production {
                        failed = Err(error);
                    }
                    continue;
                }
            };
            info!(
                model.name = name,
                prediction.count = count,
                "{name} predicted {count} of {} stocks",
                symbols.len()
            );
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
        count += answers.iter().filter(|(_, answer)| answer.is_ok()).count();
    }
    Ok(count)
}
