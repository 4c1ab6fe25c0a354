//! What was decided about schedules.

use domain::admin::schedule::decisions;
use jobs::{Decision, Timetable};
use platform::Platform;
use std::collections::HashMap;

/// The decisions of administrators, read anew each time.
#[derive(Debug)]
pub struct Decisions(pub Platform);

#[async_trait::async_trait]
impl Timetable for Decisions {
    async fn decisions(&self) -> anyhow::Result<HashMap<String, Decision>> {
        Ok(decisions(self.0.db.connection()).await?)
    }
}
