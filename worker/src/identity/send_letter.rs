//! Writes to people.

use crate::Env;
use domain::identity::{SendLetter, letter};
use jobs::{JobContext, Run};

#[async_trait::async_trait]
impl Run<Env> for SendLetter {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        env.send(letter::compose(&env.platform, self).await?).await
    }
}
