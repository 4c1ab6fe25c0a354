//! When jobs run by themselves.

use super::audited;
use domain::admin::{job, schedule};
use jobs::Scheduler;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tests::{Person, TestApp, build::time, person::error_code};
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::{CancellationToken, DropGuard};
use worker::Decisions;

const START: &str = "2026-03-02T12:10:30Z";
const KIND: &str = "news.collect_posts";
const UPDATE: &str = "mutation ($input: UpdateJobScheduleInput!) { updateJobSchedule(input: $input) {
    jobSchedule { kind cron timeZone isPaused isDefault nextRunAt } } }";

async fn update(app: &TestApp, admin: &Person, mut input: Value) -> Value {
    input["kind"] = json!(KIND);
    let mut data = app.data_as(admin, UPDATE, json!({ "input": input })).await;
    data["updateJobSchedule"]["jobSchedule"].take()
}

/// A scheduler in a process of its own, until dropped.
struct Scheduling {
    shutdown: DropGuard,
    task: JoinHandle<()>,
}

impl Scheduling {
    async fn start(app: &TestApp) -> Self {
        let platform = app.another_platform().await;
        let scheduler = Scheduler::new(platform.clone(), schedule::defaults().unwrap())
            .with_timetable(Arc::new(Decisions(platform)));
        let token = CancellationToken::new();
        let shutdown = token.clone().drop_guard();
        Self { shutdown, task: tokio::spawn(async move { scheduler.run(&token).await }) }
    }

    async fn stop(self) {
        drop(self.shutdown);
        self.task.await.unwrap();
    }
}

/// The ticks that were enqueued once the schedulers, which look once a second, have seen `now`.
async fn ticks(app: &TestApp, now: &str) -> Vec<String> {
    sleep(Duration::from_millis(1300)).await;
    app.platform.clock.set(time(now));
    sleep(Duration::from_millis(1300)).await;
    let filter = job::Filter { kinds: vec![KIND.to_owned()], ..job::Filter::default() };
    let page = domain::PageRequest::first(10);
    let page = job::list(app.platform.db.connection(), &filter, &page).await.unwrap();
    page.rows.iter().rev().map(|row| row.due.unwrap().format("%H:%M").to_string()).collect()
}

#[tokio::test]
async fn a_running_scheduler_goes_by_what_was_decided_and_makes_nothing_up() {
    let app = TestApp::start_on(START).await;
    let admin = app.admin().await;
    let scheduler = Scheduling::start(&app).await;
    assert_eq!(ticks(&app, "2026-03-02T12:10:40Z").await, [""; 0]);
    let changed = update(&app, &admin, json!({ "cron": "*/5 * * * *" })).await;
    assert_eq!(changed["nextRunAt"], "2026-03-02T12:15:00+00:00");
    assert_eq!(ticks(&app, "2026-03-02T12:10:50Z").await, [""; 0], "12:10 was before the change");
    assert_eq!(ticks(&app, "2026-03-02T12:11:00Z").await, [""; 0]);
    assert_eq!(ticks(&app, "2026-03-02T12:12:00Z").await, [""; 0]);
    update(&app, &admin, json!({ "cron": "*/2 * * * *" })).await;
    assert_eq!(ticks(&app, "2026-03-02T12:14:00Z").await, ["12:14"]);
    let paused = update(&app, &admin, json!({ "isPaused": true })).await;
    assert_eq!((&paused["isPaused"], &paused["nextRunAt"]), (&json!(true), &Value::Null));
    assert_eq!(ticks(&app, "2026-03-02T12:14:40Z").await, ["12:14"]);
    scheduler.stop().await;
    app.discard().await;
}

#[tokio::test]
async fn schedules_are_shown_with_what_was_decided() {
    let app = TestApp::start_on(START).await;
    let admin = app.admin().await;
    let input = json!({ "cron": "30 9 * * MON-FRI", "timeZone": "America/New_York" });
    update(&app, &admin, input).await;
    let query = "{ jobSchedules { kind cron timeZone isPaused isDefault nextRunAt } }";
    let shown = app.data_as(&admin, query, json!({})).await["jobSchedules"].take();
    let entries = audited(&app, &admin, "admin.update_job_schedule").await;
    app.finish().await;
    let line =
        |one: &Value| format!("{} {} {} {}", one["kind"], one["cron"], one["isDefault"], one["nextRunAt"]);
    let lines: Vec<String> = shown.as_array().unwrap().iter().map(line).collect();
    insta::assert_snapshot!(lines.join("\n").replace('"', ""), @r"
    news.collect_posts 30 9 * * MON-FRI false 2026-03-02T14:30:00+00:00
    market.collect_prices 5 * * * * true 2026-03-02T13:05:00+00:00
    news.find_copies */5 * * * * true 2026-03-02T12:15:00+00:00
    market.check_prices 30 22 * * * true 2026-03-02T22:30:00+00:00
    market.compare_prices 0 12 * * SAT true 2026-03-07T12:00:00+00:00
    forecast.predict_prices 0 23 * * * true 2026-03-02T23:00:00+00:00
    forecast.judge_predictions 30 2 * * * true 2026-03-03T02:30:00+00:00
    forecast.check_drift 45 2 * * * true 2026-03-03T02:45:00+00:00
    forecast.retrain_models 0 5 * * SUN true 2026-03-08T05:00:00+00:00
    admin.check_service_levels */15 * * * * true 2026-03-02T12:15:00+00:00
    admin.clean_up 0 3 * * * true 2026-03-03T03:00:00+00:00
    news.erase_posts 30 3 * * * true 2026-03-03T03:30:00+00:00
    sentiment.evaluate_models 0 3 * * SUN true 2026-03-08T03:00:00+00:00
    admin.report_quality 0 6 * * * true 2026-03-03T06:00:00+00:00
    admin.remind_rotation 0 8 * * * true 2026-03-03T08:00:00+00:00
    identity.rotate_signing_key 0 4 1 */3 * true 2026-04-01T04:00:00+00:00
    ");
    assert_eq!(entries[0]["subject"], "schedule:news.collect_posts");
    assert_eq!(entries[0]["before"], "{\"cron\":\"*/30 * * * *\",\"is_paused\":false,\"time_zone\":\"UTC\"}");
}

#[tokio::test]
async fn what_is_no_schedule_is_refused() {
    let app = TestApp::start_on(START).await;
    let admin = app.admin().await;
    for (kind, cron, zone, field) in [
        ("market.stream_quotes", "* * * * *", "UTC", "kind"),
        (KIND, "* * * *", "UTC", "cron"),
        (KIND, "61 * * * *", "UTC", "cron"),
        (KIND, "0 0 31 2 *", "UTC", "cron"),
        (KIND, "* * * * *", "Moon/Crater", "timeZone"),
    ] {
        let input = json!({ "input": { "kind": kind, "cron": cron, "timeZone": zone } });
        let answer = app.graphql_as(&admin, UPDATE, input).await;
        assert_eq!(answer["errors"][0]["extensions"]["field"], field, "{answer}");
        assert_eq!(error_code(&answer), "BAD_USER_INPUT");
    }
    let stale = app.sign_in(&admin.email).await;
    let refused =
        app.graphql_as(&stale, UPDATE, json!({ "input": { "kind": KIND, "isPaused": true } })).await;
    assert_eq!(error_code(&refused), "TOTP_REQUIRED");
    assert!(schedule::list(app.platform.db.connection()).await.unwrap().iter().all(|one| one.is_default));
    app.finish().await;
}
