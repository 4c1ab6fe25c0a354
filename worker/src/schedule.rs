//! Which jobs run when.

use chrono_tz::UTC;
use domain::{
    admin::CleanUp,
    identity::RotateSigningKey,
    market::CollectPrices,
    news::{CollectPosts, ErasePosts},
};
use jobs::{Days, Schedule};

/// All schedules.
pub fn schedules() -> anyhow::Result<Vec<Schedule>> {
    Ok(vec![
        Schedule::new(&CollectPosts {}, "*/30 * * * *", UTC, Days::All)?,
        Schedule::new(&CollectPrices {}, "5 * * * *", UTC, Days::All)?,
        Schedule::new(&CleanUp {}, "0 3 * * SUN", UTC, Days::All)?,
        Schedule::new(&ErasePosts {}, "30 3 * * *", UTC, Days::All)?,
        // Every quarter, which is at most 92 days.
        Schedule::new(&RotateSigningKey {}, "0 4 1 */3 *", UTC, Days::All)?,
    ])
}
