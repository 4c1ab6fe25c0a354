//! Writes to people.

use crate::Env;
use anyhow::Context as _;
use domain::identity::{SendLetter, letter};
use jobs::{JobContext, Run};

#[async_trait::async_trait]
impl Run<Env> for SendLetter {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        if let Some(mail) = letter::compose(&env.platform, self).await? {
            env.mailer.send(&mail).await.context("failed to send a mail")?;
        }
        Ok(())
    }
}
