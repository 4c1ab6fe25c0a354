//! Which jobs run when: by default as it stands here, else as an administrator decided.

use super::{CheckServiceLevels, CleanUp, Error, RemindRotation, ReportQuality, setting};
use crate::{
    forecast::{CheckDrift, JudgePredictions, PredictPrices, RetrainModels},
    identity::{
        FreshTotp, Proof as _, RotateSigningKey,
        audit::{self, Act},
    },
    market::{CheckPrices, CollectPrices, ComparePrices},
    news::{CollectPosts, ErasePosts, FindCopies},
    sentiment::EvaluateModels,
};
use chrono::{DateTime, Utc};
use chrono_tz::{Tz, UTC};
use jobs::{Days, Decision, Job, Schedule, Timing};
use platform::Platform;
use sea_orm::{ConnectionTrait, DbErr};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;

/// What the keys of decisions start with.
const PREFIX: &str = "schedule.";

/// A schedule as it is followed now.
#[derive(Clone, Debug)]
pub struct Current {
    pub kind: &'static str,
    pub timing: Timing,
    pub is_paused: bool,
    /// Whether nobody decided anything else.
    pub is_default: bool,
}

/// What shall change; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub cron: Option<String>,
    pub time_zone: Option<String>,
    pub is_paused: Option<bool>,
}

/// A decision as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stored {
    cron: String,
    time_zone: String,
    is_paused: bool,
}

/// All schedules, by default.
pub fn defaults() -> Result<Vec<Schedule>, Error> {
    Ok(vec![
        at("*/30 * * * *", &CollectPosts {})?,
        at("5 * * * *", &CollectPrices {})?,
        at("*/5 * * * *", &FindCopies::default())?,
        // After the close in New York, all year round.
        at("30 22 * * *", &CheckPrices {})?,
        // When the week is over, and the day's budgets are not needed.
        at("0 12 * * SAT", &ComparePrices {})?,
        // When the day's bars were looked through.
        at("0 23 * * *", &PredictPrices {})?,
        at("30 2 * * *", &JudgePredictions {})?,
        at("45 2 * * *", &CheckDrift {})?,
        at("0 5 * * SUN", &RetrainModels {})?,
        at("*/15 * * * *", &CheckServiceLevels {})?,
        at("0 3 * * *", &CleanUp {})?,
        at("30 3 * * *", &ErasePosts {})?,
        at("0 3 * * SUN", &EvaluateModels {})?,
        at("0 6 * * *", &ReportQuality {})?,
        at("0 8 * * *", &RemindRotation {})?,
        // Every quarter, which is at most 92 days.
        at("0 4 1 */3 *", &RotateSigningKey {})?,
    ])
}

fn at<J: Job>(cron: &str, job: &J) -> Result<Schedule, Error> {
    let schedule = Schedule::new(job, cron, UTC, Days::All);
    Ok(schedule.map_err(|error| DbErr::Custom(error.to_string()))?)
}

/// All schedules as they are followed now.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Current>, Error> {
    let mut decisions = decisions(db).await?;
    let current = |schedule: Schedule| {
        let kind = schedule.kind();
        match decisions.remove(kind) {
            Some(Decision { timing, is_paused }) => Current { kind, timing, is_paused, is_default: false },
            None => Current { kind, timing: schedule.timing().clone(), is_paused: false, is_default: true },
        }
    };
    Ok(defaults()?.into_iter().map(current).collect())
}

/// What was decided, by kind of job.
pub async fn decisions(db: &impl ConnectionTrait) -> Result<HashMap<String, Decision>, Error> {
    let stored: Vec<(String, Stored)> = setting::below(db, PREFIX).await?;
    stored.into_iter().map(|(kind, stored)| Ok((kind, stored.parse()?))).collect()
}

/// Decides when a kind of job runs; schedulers go by it within a second or two.
pub async fn update(
    platform: &Platform,
    proof: &FreshTotp,
    kind: &str,
    change: Change,
) -> Result<Current, Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let known = list(&txn).await?.into_iter().find(|current| current.kind == kind);
    let known = known.ok_or_else(|| {
        Error::input("kind", "no job of this kind has a schedule; `jobSchedules` lists them")
    })?;
    let before = Stored::of(&known);
    let after = Stored {
        cron: change.cron.unwrap_or_else(|| before.cron.clone()),
        time_zone: change.time_zone.unwrap_or_else(|| before.time_zone.clone()),
        is_paused: change.is_paused.unwrap_or(before.is_paused),
    };
    let Decision { timing, is_paused } = after.parse()?;
    if timing.next(now).is_none() {
        return Err(Error::input("cron", "these times never come"));
    }
    setting::put(&txn, now, &format!("{PREFIX}{kind}"), &after).await?;
    let act = Act::new("admin.update_job_schedule").named("schedule", kind);
    audit::record(&txn, now, proof.actor(), act.changed(json!(before), json!(after))).await?;
    txn.commit().await?;
    Ok(Current { timing, is_paused, is_default: false, ..known })
}

impl Stored {
    fn of(current: &Current) -> Self {
        Self {
            cron: current.timing.cron().to_owned(),
            time_zone: current.timing.zone().name().to_owned(),
            is_paused: current.is_paused,
        }
    }

    fn parse(&self) -> Result<Decision, Error> {
        let zone: Tz = self.time_zone.parse().map_err(|_| {
            Error::input("timeZone", "this is not an IANA name: write one such as America/New_York")
        })?;
        let timing =
            Timing::new(&self.cron, zone).map_err(|error| Error::input("cron", error.to_string()))?;
        Ok(Decision { timing, is_paused: self.is_paused })
    }
}

impl Current {
    /// When the job runs next; `None` while it is paused.
    pub fn next(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.is_paused { None } else { self.timing.next(now) }
    }
}
