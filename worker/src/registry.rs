//! Which jobs this worker can run, and which can be asked for by name.

use crate::Env;
use domain::{
    admin::CleanUp,
    identity::{RotateSigningKey, SendLetter},
    market::{CollectPrices, MakeHistory, StreamQuotes},
    news::{CollectPosts, ErasePosts, ScorePosts, StreamPosts},
};
use jobs::{Job, Registry};
use platform::Platform;
use sea_orm::DbErr;
use uuid::Uuid;

/// All jobs.
pub fn registry() -> Registry<Env> {
    Registry::new()
        .with::<CleanUp>()
        .with::<CollectPosts>()
        .with::<CollectPrices>()
        .with::<ErasePosts>()
        .with::<MakeHistory>()
        .with::<RotateSigningKey>()
        .with::<ScorePosts>()
        .with::<SendLetter>()
        .with::<StreamPosts>()
        .with::<StreamQuotes>()
}

/// The jobs that `bellwether-worker once` accepts: those that need no input and end by themselves.
pub const ONCE: [&str; 4] = [CleanUp::KIND, CollectPosts::KIND, CollectPrices::KIND, MakeHistory::KIND];

/// Enqueues the job called `kind`; `None` if it is not one of [`ONCE`].
pub async fn enqueue_once(platform: &Platform, kind: &str) -> Result<Option<Uuid>, DbErr> {
    let (db, clock) = (platform.db.connection(), &platform.clock);
    Ok(Some(match kind {
        CleanUp::KIND => jobs::enqueue(db, clock, &CleanUp {}).await?,
        CollectPosts::KIND => jobs::enqueue(db, clock, &CollectPosts {}).await?,
        CollectPrices::KIND => jobs::enqueue(db, clock, &CollectPrices {}).await?,
        MakeHistory::KIND => jobs::enqueue(db, clock, &MakeHistory {}).await?,
        _ => return Ok(None),
    }))
}
