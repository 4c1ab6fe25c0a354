//! Connections to PostgreSQL that go.

use futures_util::future::join_all;
use sea_orm::ConnectionTrait as _;
use std::time::Duration;
use tests::{TestApp, on_postgres};

#[tokio::test]
async fn idle_connections_that_postgresql_closed_are_replaced_unnoticed() {
    if !on_postgres() {
        println!("SQLite has no server that could restart: nothing to check");
        return;
    }
    let app = TestApp::start().await;
    let db = app.platform.db.connection();
    let busy = (0..6).map(|_| db.execute_unprepared("SELECT pg_sleep(0.1)"));
    assert!(join_all(busy).await.iter().all(Result::is_ok));
    let admin = app.another_platform().await;
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    assert!(admin.db.connection().execute_unprepared(others).await.unwrap().rows_affected() >= 6);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    for _ in 0..8 {
        app.data("{ stocks(first: 1) { edges { node { id } } } }").await;
    }
    app.finish().await;
}
