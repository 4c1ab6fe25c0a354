//! Looks whether the models that answer still see what they were trained on; one that does not is trained anew.

use crate::Env;
use domain::forecast::{
    CheckDrift, TrainModel,
    drift::{self, Found},
    model,
};
use jobs::{JobContext, Run};
use tracing::{info, warn};

#[async_trait::async_trait]
impl Run<Env> for CheckDrift {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let db = env.platform.db.connection();
        for model in &model::all_in_production(db).await? {
            let name = model::name(model);
            let again = TrainModel::again(model, env.promotes_if_better);
            match drift::check(&env.platform, &env.predictor, model, again.as_ref()).await {
                Ok(Some(Found { row, is_news: true })) => {
                    warn!(
                        model.name = name,
                        feature.moved = row.moved,
                        is_trained_anew = again.is_some(),
                        "{name} no longer sees what it was trained on, or is no longer as right"
                    );
                }
                Ok(_) => info!(model.name = name, "Nothing new about what {name} sees"),
                Err(error) => warn!(model.name = name, %error, "{name} cannot be looked at"),
            }
        }
        Ok(())
    }
}
