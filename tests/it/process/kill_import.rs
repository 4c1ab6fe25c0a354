//! `kill -9` of an import at random moments.

use super::scored::{assert_once, posts, stocks};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use std::{fmt::Write as _, path::Path, time::Duration};
use tempfile::TempDir;
use tests::{Program, TestApp, drills};
use tokio::time::sleep;

#[tokio::test]
async fn an_import_that_is_killed_is_resumed_by_running_it_again() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    kill(&bellwether, 3, 600).await;
}

#[tokio::test]
async fn an_import_of_10_000_posts_that_is_killed_20_times_loses_and_doubles_nothing() {
    if !drills("killing an import 20 times") {
        return;
    }
    let bellwether = Program::find("bellwether").unwrap();
    kill(&bellwether, 20, 10_000).await;
}

async fn kill(bellwether: &Program, times: usize, count: usize) {
    let app = TestApp::start().await;
    stocks(&app).await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("posts.csv");
    write(&file, count);
    let arguments = ["import", "posts", file.to_str().unwrap()];
    let settings = [("BELLWETHER_JOBS__LEASE_SECONDS", "2")];
    let seed = rand::rng().random();
    println!("the moments are those of seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..times {
        let mut process = bellwether.start(&app, &arguments, &settings);
        sleep(Duration::from_millis(random.random_range(20..900))).await;
        process.kill();
    }
    let mut process = bellwether.start(&app, &arguments, &settings);
    assert_eq!(process.wait(Duration::from_mins(1)).await, Some(0), "{}", process.log());
    assert_once(&app, count).await;
    app.finish().await;
}

/// A file of posts that are known by their ids.
fn write(file: &Path, count: usize) {
    let mut text = "id,published_at,body\n".to_owned();
    for post in posts(0..count) {
        let time = post.published_at.to_rfc3339();
        writeln!(text, "{},{time},\"{}\"", post.external_id, post.body).unwrap();
    }
    std::fs::write(file, text).unwrap();
}
