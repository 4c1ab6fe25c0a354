//! The queue: jobs that survive failures, panics and dead workers.

mod attempt;
mod cancel;
mod effects;
mod enqueue;
mod lease;
mod order;
mod schedule;
mod shutdown;
mod watch;

use domain::admin::job::{self, Row};
use entity::job::job::{Column, Entity};
use jobs::{GiveUp, Job, JobContext, Registry, Run, Runner, WorkerSettings};
use platform::Platform;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use serde::{Deserialize, Serialize};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tests::TestApp;
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(10);
const SETTINGS: WorkerSettings =
    WorkerSettings { concurrency: 2, lease: Duration::from_secs(30), grace: Duration::from_secs(2) };

/// What a job of these tests does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Script {
    Succeed,
    /// Fails so many attempts, then succeeds.
    Fail(i32),
    GiveUp,
    Panic,
    /// Never ends by itself.
    Hang,
    Sleep(Duration),
    /// Reports a quarter, then waits until the desk is told to go on.
    Report,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Task {
    name: String,
    script: Script,
}

/// A task that is only one while it waits or runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Single(Task);

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Urgent(Task);

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Idle(Task);

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stream(Task);

impl Job for Task {
    const KIND: &'static str = "test.task";
    const MAX_ATTEMPTS: i32 = 3;
    const TIMEOUT: Duration = Duration::from_secs(1);
}

impl Job for Single {
    const KIND: &'static str = "test.single";

    fn unique_key(&self) -> Option<String> {
        Some(self.0.name.clone())
    }
}

impl Job for Urgent {
    const KIND: &'static str = "test.urgent";
    const PRIORITY: jobs::Priority = jobs::Priority::High;
}

impl Job for Idle {
    const KIND: &'static str = "test.idle";
    const PRIORITY: jobs::Priority = jobs::Priority::Low;
}

impl Job for Stream {
    const KIND: &'static str = "test.stream";
    const ENDLESS: bool = true;
}

/// What the jobs of these tests share: a list of what they did.
#[derive(Clone, Debug, Default)]
struct Desk {
    log: Arc<Mutex<Vec<String>>>,
    go_on: Arc<tokio::sync::Notify>,
}

impl Desk {
    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    fn write(&self, line: &str) -> usize {
        let mut log = self.log.lock().unwrap();
        log.push(line.to_owned());
        log.iter().filter(|written| *written == line).count()
    }

    async fn perform(&self, task: &Task, ctx: &JobContext) -> anyhow::Result<()> {
        let attempt = self.write(&task.name);
        match task.script {
            Script::Succeed => {}
            Script::Fail(times) if attempt > usize::try_from(times)? => {}
            Script::Fail(_) => anyhow::bail!("attempt {attempt} failed"),
            Script::GiveUp => return Err(GiveUp(anyhow::anyhow!("there is no hope")).into()),
            Script::Panic => panic!("a bug"),
            Script::Hang => std::future::pending().await,
            Script::Sleep(time) => sleep(time).await,
            Script::Report => {
                ctx.report(0.25).await?;
                self.go_on.notified().await;
            }
        }
        self.write(&format!("{} is done", task.name));
        Ok(())
    }

    /// A runner of its own over the queue.
    fn runner(&self, platform: &Platform, settings: WorkerSettings) -> Runner<Self> {
        let registry = Registry::new().with::<Task>().with::<Single>().with::<Urgent>().with::<Idle>();
        Runner::new(platform.clone(), registry.with::<Stream>(), self.clone(), settings)
    }
}

macro_rules! run {
    ($($job:ident => $task:expr),+) => {
        $(#[async_trait::async_trait]
        impl Run<Desk> for $job {
            async fn run(&self, desk: &Desk, ctx: &JobContext) -> anyhow::Result<()> {
                let task: fn(&Self) -> &Task = $task;
                desk.perform(task(self), ctx).await
            }
        })+
    };
}
run!(Task => |job| job, Single => |job| &job.0, Urgent => |job| &job.0, Idle => |job| &job.0,
    Stream => |job| &job.0);

/// A runner at work.
struct Working {
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

impl Working {
    fn start(desk: &Desk, platform: &Platform, settings: WorkerSettings) -> Self {
        let shutdown = CancellationToken::new();
        let (runner, token) = (desk.runner(platform, settings), shutdown.clone());
        Self { shutdown, task: tokio::spawn(async move { runner.run(&token).await }) }
    }

    /// Stops it as SIGTERM does.
    async fn stop(self) {
        self.shutdown.cancel();
        timeout(PATIENCE, self.task).await.expect("the runner does not stop").unwrap();
    }

    /// Stops it as `kill -9` does: nothing is said or written any more.
    async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

fn task(name: &str, script: Script) -> Task {
    Task { name: name.to_owned(), script }
}

async fn enqueue(platform: &Platform, job: &impl Job) -> Uuid {
    jobs::enqueue(platform.db.connection(), &platform.clock, job).await.unwrap()
}

/// Writes into the job's row.
async fn change(app: &TestApp, job: Uuid, column: Column, value: impl Into<sea_orm::Value>) {
    let update = Entity::update_many().col_expr(column, Expr::val(value)).filter(Column::Id.eq(job));
    assert_eq!(update.exec(app.platform.db.connection()).await.unwrap().rows_affected, 1);
}

async fn row(platform: &Platform, job: Uuid) -> Row {
    job::find(platform.db.connection(), job).await.unwrap().expect("the job was deleted")
}

/// The job's row, once it is as `fits` says.
async fn row_when(platform: &Platform, job: Uuid, fits: impl Fn(&Row) -> bool) -> Row {
    let found = async {
        loop {
            let row = row(platform, job).await;
            if fits(&row) {
                return row;
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    let Ok(row) = timeout(PATIENCE, found).await else {
        panic!("the job did not change as expected: {:?}", row(platform, job).await);
    };
    row
}

/// Runs everything that is due or becomes due; fails when it takes too long.
async fn drain(desk: &Desk, platform: &Platform) {
    let runner = desk.runner(platform, SETTINGS);
    timeout(PATIENCE, runner.drain(None)).await.expect("the queue is not drained").unwrap();
}
