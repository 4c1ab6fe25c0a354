//! Jobs by the clock.

use super::{PATIENCE, Script, Task, row, task};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::UTC;
use entity::job::job::{Column, Entity};
use jobs::{Days, Schedule, Scheduler};
use platform::{Platform, bus::Signal};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use std::time::Duration;
use tests::{TestApp, build::time};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

const START: &str = "2026-01-05T10:05:00Z";

/// A scheduler of a minutely task, until dropped.
struct Scheduling {
    shutdown: DropGuard,
    task: JoinHandle<()>,
}

impl Scheduling {
    fn start(platform: &Platform) -> Self {
        let schedule = Schedule::new(&task("tick", Script::Succeed), "* * * * *", UTC, Days::All).unwrap();
        let (scheduler, token) = (Scheduler::new(platform.clone(), vec![schedule]), CancellationToken::new());
        let shutdown = token.clone().drop_guard();
        Self { shutdown, task: tokio::spawn(async move { scheduler.run(&token).await }) }
    }

    async fn stop(self) {
        drop(self.shutdown);
        self.task.await.unwrap();
    }
}

async fn ticks(app: &TestApp) -> Vec<DateTime<Utc>> {
    Entity::find()
        .select_only()
        .column(Column::Due)
        .filter(Column::Kind.eq(<Task as jobs::Job>::KIND))
        .order_by_asc(Column::Due)
        .into_tuple()
        .all(app.platform.db.connection())
        .await
        .unwrap()
}

#[tokio::test]
async fn the_job_of_a_tick_is_announced() {
    let app = TestApp::start_on(START).await;
    let scheduler = Scheduling::start(&app.platform);
    sleep(Duration::from_millis(200)).await;
    let mut changes = app.platform.bus.subscribe();
    app.platform.clock.set(time("2026-01-05T10:06:00Z"));
    let announced = async {
        loop {
            if let Some(Signal::Message(message)) = changes.next().await
                && message.topic == jobs::TOPIC
            {
                return message.payload.parse().unwrap();
            }
        }
    };
    let announced: Uuid = timeout(PATIENCE, announced).await.unwrap();
    assert_eq!(row(&app.platform, announced).await.due, Some(time("2026-01-05T10:06:00Z")));
    scheduler.stop().await;
    app.discard().await;
}

/// Lets the schedulers, which look once a second, see the time.
async fn look() {
    sleep(Duration::from_millis(1200)).await;
}

#[tokio::test]
async fn two_schedulers_enqueue_each_tick_once() {
    let app = TestApp::start_on(START).await;
    let schedulers = [Scheduling::start(&app.platform), Scheduling::start(&app.another_platform().await)];
    look().await;
    assert_eq!(
        ticks(&app).await,
        [] as [DateTime<Utc>; 0],
        "at the first start there is nothing to catch up with"
    );
    for minute in ["2026-01-05T10:06:00Z", "2026-01-05T10:07:00Z"] {
        app.platform.clock.set(time(minute));
        look().await;
    }
    assert_eq!(ticks(&app).await, [time("2026-01-05T10:06:00Z"), time("2026-01-05T10:07:00Z")]);
    for scheduler in schedulers {
        scheduler.stop().await;
    }
    app.discard().await;
}

#[tokio::test]
async fn missed_ticks_are_caught_up_with_by_one_job() {
    let app = TestApp::start_on(START).await;
    let scheduler = Scheduling::start(&app.platform);
    sleep(Duration::from_millis(200)).await;
    app.platform.clock.set(time("2026-01-05T10:06:30Z"));
    look().await;
    scheduler.stop().await;
    // Nobody is there for two hours; the run that was missed last is made up for at once.
    app.platform.clock.set(app.platform.clock.now() + TimeDelta::hours(2));
    let scheduler = Scheduling::start(&app.platform);
    look().await;
    assert_eq!(ticks(&app).await, [time("2026-01-05T10:06:00Z"), time("2026-01-05T12:06:00Z")]);
    scheduler.stop().await;
    app.discard().await;
}
