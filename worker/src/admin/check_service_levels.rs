//! Measures what the service promises, logs what is broken, and tells administrators.

use crate::Env;
use domain::admin::{
    CheckServiceLevels, SendAlert, alert,
    service_level::{self, Level, Severity},
};
use jobs::{JobContext, Run};
use metrics::gauge;
use tracing::{error, warn};

#[async_trait::async_trait]
impl Run<Env> for CheckServiceLevels {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let levels = service_level::measure(env.platform.db.connection(), env.platform.clock.now()).await?;
        levels.iter().for_each(tell);
        alert::sweep(&env.platform, &levels).await?;
        Ok(())
    }
}

fn tell(level: &Level) {
    let name = level.promise.name();
    let Some((value, is_kept)) = level.value.zip(level.is_kept()) else { return };
    gauge!("bellwether_service_level", "of" => name).set(value);
    gauge!("bellwether_service_level_kept", "of" => name).set(if is_kept { 1.0 } else { 0.0 });
    if is_kept {
        return;
    }
    let (target, stock) = (level.promise.target(), level.symbol.as_deref());
    match level.promise.severity() {
        Severity::Warning => {
            warn!(stock.symbol = stock, value, target, "A service level is missed: {name}");
        }
        Severity::Critical => {
            error!(stock.symbol = stock, value, target, "A service level is missed: {name}");
        }
    }
}

#[async_trait::async_trait]
impl Run<Env> for SendAlert {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        env.send(alert::compose(&env.platform, self).await?).await
    }
}
