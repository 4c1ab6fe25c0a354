//! Connections to PostgreSQL that go.

use futures_util::future::join_all;
use sea_orm::ConnectionTrait as _;
use std::time::{Duration, Instant};
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

#[tokio::test]
async fn a_transaction_whose_beginning_nobody_waits_for_is_not_left_open() {
    if !on_postgres() {
        println!("SQLite has no connection to be left within a transaction: nothing to check");
        return;
    }
    let (app, mut open) = (TestApp::start().await, 0);
    let other = app.another_platform().await;
    for patience in (0..600).step_by(3).map(Duration::from_micros) {
        // Timers are too coarse to meet the moment between BEGIN and its answer.
        let impatience = async {
            let started = Instant::now();
            while started.elapsed() < patience {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = impatience => {}
            begun = app.platform.db.begin() => drop(begun.unwrap()),
        }
        // One that has begun unheard ends at once.
        tokio::time::sleep(Duration::from_millis(5)).await;
        // What runs next, on whichever connection.
        app.platform.db.connection().execute_unprepared("SELECT 1").await.unwrap();
        let left = "SELECT pid FROM pg_stat_activity \
                    WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        open += other.db.connection().execute_unprepared(left).await.unwrap().rows_affected();
    }
    app.finish().await;
    assert_eq!(open, 0);
}
