//! Asks the models that answer, and those in staging, about the watch-list.

use crate::Env;
use domain::{
    PageRequest,
    forecast::{
        PredictPrices,
        model::{self, Filter, Stage},
    },
    market::watchlist,
};
use jobs::{JobContext, Run};
use tracing::info;

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
        for (model, done) in models.iter().zip(1..) {
            let mut count = 0;
            for symbols in symbols.chunks(SYMBOLS_AT_A_TIME) {
                let answers = env.predictor.ask(&env.platform, model, symbols).await?;
                count += answers.iter().filter(|(_, answer)| answer.is_ok()).count();
            }
            let name = model::name(model);
            info!(
                model.name = name,
                prediction.count = count,
                "{name} predicted {count} of {} stocks",
                symbols.len()
            );
            ctx.report(f64::from(done) / models.len() as f64).await?;
        }
        Ok(())
    }
}
