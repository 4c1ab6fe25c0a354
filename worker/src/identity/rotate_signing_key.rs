//! Changes the key of access tokens.

use crate::Env;
use domain::identity::{Actor, RotateSigningKey, rotate_signing_key};
use jobs::{JobContext, Run};

#[async_trait::async_trait]
impl Run<Env> for RotateSigningKey {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        Ok(rotate_signing_key(&env.platform, &Actor::system()).await?)
    }
}
