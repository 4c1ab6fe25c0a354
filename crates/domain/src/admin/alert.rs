//! Tells administrators when a promise is broken, and when it is kept again.

use super::{
    Error, SendAlert,
    service_level::{Level, Severity},
    setting,
};
use crate::identity::account;
use platform::{Platform, mail::Mail};
use serde::{Deserialize, Serialize};

const KEY: &str = "service_level.";

/// What was said of a promise last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum News {
    Broken,
    KeptAgain,
}

/// Enqueues a letter to each administrator about each promise whose state is new, once.
///
/// What can't be measured changes nothing: a market that closes does not mend a quote that is missing.
pub async fn sweep(platform: &Platform, levels: &[Level]) -> Result<usize, Error> {
    let txn = platform.db.begin().await?;
    let administrators = account::administrators(&txn).await?;
    // What nobody is there to hear is not said yet.
    if administrators.is_empty() {
        return Ok(0);
    }
    let known: Vec<(String, News)> = setting::below(&txn, KEY).await?;
    let mut count = 0;
    for level in levels {
        let last = known.iter().find(|(name, _)| name == level.promise.name()).map(|(_, news)| *news);
        let Some(news) = news(level, last) else { continue };
        setting::put(&txn, platform.clock.now(), &format!("{KEY}{}", level.promise.name()), &news).await?;
        for administrator in &administrators {
            let letter = SendAlert {
                administrator: *administrator,
                promise: level.promise,
                news,
                value: level.value,
                symbol: level.symbol.clone(),
            };
            jobs::enqueue(&txn, &platform.clock, &letter).await?;
            count += 1;
        }
    }
    txn.commit().await?;
    Ok(count)
}

fn news(level: &Level, last: Option<News>) -> Option<News> {
    match (level.is_kept()?, last) {
        (false, None | Some(News::KeptAgain)) => Some(News::Broken),
        (true, Some(News::Broken)) => Some(News::KeptAgain),
        _ => None,
    }
}

/// The mail; `None` if the reader is no administrator any more.
pub async fn compose(platform: &Platform, job: &SendAlert) -> Result<Option<Mail>, Error> {
    let Some(reader) = account::administrator(platform.db.connection(), job.administrator).await? else {
        return Ok(None);
    };
    let promise = job.promise;
    let severity = match promise.severity() {
        Severity::Warning => "Warning",
        Severity::Critical => "Critical",
    };
    let what = promise.about();
    let subject = match job.news {
        News::Broken => format!("{severity}: {what}"),
        News::KeptAgain => format!("Well again: {what}"),
    };
    let measured = promise.sentence(job.value, job.symbol.as_deref());
    let body = format!(
        "Hello,\n\n{measured}. The query `serviceLevels` shows how it is now, `systemLogs` \
         and `providers` why.\n\nBellwether\n"
    );
    Ok(Some(Mail { to: reader.email, subject, body }))
}
