//! The schema's way up and down.

use sea_orm::{ConnectionTrait as _, Statement};
use std::time::Duration;
use tests::{Program, TestApp, on_postgres};

const ALL: u32 = 1000;

/// All columns and indexes, in an order of their own.
async fn schema(app: &TestApp) -> Vec<String> {
    let sql = if on_postgres() {
        "SELECT table_name || '.' || column_name || ' ' || data_type || is_nullable AS line \
         FROM information_schema.columns WHERE table_schema = 'public' \
         UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    } else {
        "SELECT name || ' ' || sql AS line FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    };
    let db = app.platform.db.connection();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
}

/// Whether a migration of this name is applied.
async fn applied(app: &TestApp) -> usize {
    let status = migration::status(app.platform.db.connection()).await.unwrap();
    status.iter().filter(|(_, applied)| *applied).count()
}

/// An empty database: not even the list of migrations is there.
async fn empty(app: &TestApp) {
    let db = app.platform.db.connection();
    migration::down(db, ALL).await.unwrap();
    db.execute_unprepared("DROP TABLE seaql_migrations").await.unwrap();
}

#[tokio::test]
async fn up_down_and_up_again_gives_the_same_schema() {
    let app = TestApp::start().await;
    let db = app.platform.db.connection();
    let before = schema(&app).await;
    assert!(before.len() > 20);
    migration::down(db, ALL).await.unwrap();
    assert_eq!(applied(&app).await, 0);
    let left: Vec<_> =
        schema(&app).await.into_iter().filter(|line| !line.contains("seaql_migrations")).collect();
    assert_eq!(left, [""; 0], "something is left after the way down");
    migration::up(db).await.unwrap();
    assert_eq!(schema(&app).await, before);
    app.finish().await;
}

#[tokio::test]
async fn each_migration_goes_down_and_up_by_itself() {
    let app = TestApp::start().await;
    let db = app.platform.db.connection();
    let all = applied(&app).await;
    for count in (0..all).rev() {
        migration::down(db, 1).await.unwrap();
        assert_eq!(applied(&app).await, count);
    }
    migration::up(db).await.unwrap();
    assert_eq!(applied(&app).await, all);
    app.finish().await;
}

/// A process that dies on the way up must not leave half a migration, which no later start could apply.
#[tokio::test]
async fn a_way_up_that_fails_leaves_nothing_behind() {
    let app = TestApp::start().await;
    let db = app.platform.db.connection();
    empty(&app).await;
    // The migration that makes `topic` and then `event` fails in its middle.
    db.execute_unprepared("CREATE TABLE event (oops INTEGER)").await.unwrap();
    assert!(migration::up(db).await.is_err());
    let tables = schema(&app).await;
    assert!(!tables.iter().any(|line| line.starts_with("topic")), "{tables:?}");
    db.execute_unprepared("DROP TABLE event").await.unwrap();
    migration::up(db).await.unwrap();
    app.finish().await;
}

#[tokio::test]
async fn processes_that_start_together_over_an_empty_database_all_come_up() {
    let (Some(bellwether), Some(worker)) = (Program::find("bellwether"), Program::find("bellwether-worker"))
    else {
        return;
    };
    let app = TestApp::start().await;
    let all = applied(&app).await;
    empty(&app).await;
    let mut processes = vec![];
    for _ in 0..3 {
        processes.push(bellwether.start(&app, &["migrate", "up"], &[]));
        processes.push(worker.start(&app, &["once", "admin.clean_up"], &[]));
    }
    for process in &mut processes {
        assert_eq!(process.wait(Duration::from_secs(30)).await, Some(0), "{}", process.log());
    }
    assert_eq!(applied(&app).await, all);
    app.finish().await;
}

#[tokio::test]
async fn a_start_that_is_killed_on_the_way_up_can_be_made_again() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    let all = applied(&app).await;
    empty(&app).await;
    for moment in (10..70).step_by(6) {
        let mut process = bellwether.start(&app, &["migrate", "up"], &[]);
        tokio::time::sleep(Duration::from_millis(moment)).await;
        process.kill();
    }
    let mut process = bellwether.start(&app, &["migrate", "up"], &[]);
    assert_eq!(process.wait(Duration::from_secs(20)).await, Some(0), "{}", process.log());
    assert_eq!(applied(&app).await, all);
    app.finish().await;
}
