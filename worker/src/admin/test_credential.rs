//! Calls a vendor to see whether it answers.

use crate::Env;
use domain::admin::{
    TestCredential,
    connection::{self, Outcome, Trial},
    provider,
};
use jobs::{JobContext, Run};
use sea_orm::ActiveEnum as _;
use secrecy::SecretString;
use tracing::{info, warn};

#[async_trait::async_trait]
impl Run<Env> for TestCredential {
    async fn run(&self, env: &Env, ctx: &JobContext) -> anyhow::Result<()> {
        let kind = self.provider;
        let vendor = kind.to_value();
        let (key, given_at) = match provider::open(&env.platform, kind).await? {
            Some(opened) => (opened.secret, Some(opened.given_at)),
            None if provider::needs_credential(kind) => {
                info!(provider = vendor, "The credential is gone: there is nothing to test");
                return Ok(());
            }
            None => (SecretString::default(), None),
        };
        let trial = Trial { provider: kind, given_at, began_at: env.platform.clock.now() };
        let report = env.vendors().test(kind, &key).await;
        if report.outcome == Outcome::Ok {
            info!(provider = vendor, "The vendor answers");
        } else {
            warn!(provider = vendor, reason = report.message, "The vendor does not answer as it should");
        }
        Ok(connection::record(&env.platform, ctx, trial, report).await?)
    }
}
