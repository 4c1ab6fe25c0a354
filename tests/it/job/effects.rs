//! Effects and completion: both or neither.

use domain::{
    admin::job::{self, State},
    event::{self, Event},
};
use entity::{
    event::event::Entity as Events,
    job::job::{Column, Entity as JobRows},
};
use jobs::{Job, JobContext, LeaseLost, Registry, Run, Runner};
use platform::Platform;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, sea_query::Expr};
use serde::{Deserialize, Serialize};
use tests::TestApp;
use uuid::Uuid;

/// What happens to the job while its body is in its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Fate {
    Nothing,
    /// Another worker takes the job over before it is completed.
    TakenOver,
    /// The body fails after its effects were committed.
    FailsAfterwards,
}

/// Appends an event and completes itself with it.
#[derive(Debug, Serialize, Deserialize)]
struct Effect {
    fate: Fate,
}

#[derive(Serialize)]
struct Done;

impl Event for Done {
    const TOPIC: &'static str = "test.done";
}

impl Job for Effect {
    const KIND: &'static str = "test.effect";
    const MAX_ATTEMPTS: i32 = 1;
}

#[async_trait::async_trait]
impl Run<Platform> for Effect {
    async fn run(&self, platform: &Platform, ctx: &JobContext) -> anyhow::Result<()> {
        if self.fate == Fate::TakenOver {
            take_over(platform, ctx.id()).await?;
        }
        let txn = platform.db.begin().await?;
        let appended = event::append(&txn, &platform.clock, &[Done]).await?;
        match ctx.complete(&txn).await {
            Err(LeaseLost::TakenOver) => anyhow::bail!("the lease is lost"),
            other => other?,
        }
        txn.commit().await?;
        appended.announce(platform.bus.as_ref()).await;
        anyhow::ensure!(self.fate != Fate::FailsAfterwards, "too late to fail");
        Ok(())
    }
}

async fn take_over(platform: &Platform, job: Uuid) -> anyhow::Result<()> {
    JobRows::update_many()
        .col_expr(Column::LeaseToken, Expr::val(Uuid::now_v7()))
        .filter(Column::Id.eq(job))
        .exec(platform.db.connection())
        .await?;
    Ok(())
}

/// Runs one job to the end of its attempt; its row and the number of its effects.
async fn run(app: &TestApp, fate: Fate) -> (job::Row, u64) {
    let platform = &app.platform;
    let id = jobs::enqueue(platform.db.connection(), &platform.clock, &Effect { fate }).await.unwrap();
    let registry = Registry::new().with::<Effect>();
    let runner = Runner::new(platform.clone(), registry, platform.clone(), super::SETTINGS);
    let shutdown = tokio_util::sync::CancellationToken::new();
    let stop = async {
        super::row_when(platform, id, |row| row.started_at.is_some()).await;
        shutdown.cancel();
    };
    tokio::join!(runner.run(&shutdown), stop);
    let effects = Events::find().count(platform.db.connection()).await.unwrap();
    (super::row(platform, id).await, effects)
}

#[tokio::test]
async fn effects_and_completion_are_committed_together() {
    let app = TestApp::start().await;
    let (row, effects) = run(&app, Fate::Nothing).await;
    assert_eq!((row.state, effects), (State::Completed, 1));
    app.finish().await;
}

#[tokio::test]
async fn the_effects_of_an_attempt_that_lost_its_lease_are_rolled_back() {
    let app = TestApp::start().await;
    let (row, effects) = run(&app, Fate::TakenOver).await;
    // It belongs to the other worker now.
    assert_eq!((row.state, effects), (State::Running, 0));
    app.discard().await;
}

#[tokio::test]
async fn a_job_that_was_completed_with_its_effects_does_not_run_again_though_it_fails_afterwards() {
    let app = TestApp::start().await;
    let (row, effects) = run(&app, Fate::FailsAfterwards).await;
    assert_eq!((row.state, row.error, effects), (State::Completed, None, 1));
    app.finish().await;
}
