//! Deletes what is past its retention.

use crate::Env;
use chrono::{Days, TimeDelta};
use domain::{
    admin::{CleanUp, job, log},
    event,
};
use jobs::{JobContext, Run};
use tracing::info;

const JOBS: Days = Days::new(30);
const EVENTS: Days = Days::new(30);
const LOGS: TimeDelta = TimeDelta::days(90);

#[async_trait::async_trait]
impl Run<Env> for CleanUp {
    async fn run(&self, env: &Env, _ctx: &JobContext) -> anyhow::Result<()> {
        let db = env.platform.db.connection();
        let now = env.platform.clock.now();
        let jobs = job::delete_ended(db, now - JOBS).await?;
        let events = event::delete_before(db, now - EVENTS).await?;
        let lines = log::delete_before(db, now - LOGS).await?;
        info!(
            jobs,
            events, lines, "Deleted {jobs} jobs, {events} events and {lines} log lines past their retention"
        );
        Ok(())
    }
}
