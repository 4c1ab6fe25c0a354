//! The clients that people use, against the product as people run it.

use domain::identity::Role;
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use tests::{Program, TestApp};

const VARIABLE: &str = "BELLWETHER_TEST_CLIENTS";
/// What relay-compiler leaves beside its artifacts.
const MANIFEST: &str = "generated/operations.json";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

/// Runs a script of `package.json`; what it printed.
fn npm(script: &str, settings: &[(&str, &str)]) -> String {
    let mut command = Command::new("npm");
    command.args(["run", "--silent", script]).current_dir(folder()).envs(settings.iter().copied());
    let output = command.output().expect("npm can be run");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "npm run {script} failed:\n{text}");
    text
}

#[tokio::test]
async fn real_clients_and_audits_pass_against_the_real_server() {
    if std::env::var(VARIABLE).is_ok_and(|value| value == "1") {
        assert!(folder().join("node_modules").exists(), "run `npm ci --prefix tests/clients` first");
    } else {
        println!("{VARIABLE} is not 1: the clients of tests/clients are not run");
        return;
    }
    let bellwether = Program::find("bellwether").expect("the clients need a server");
    npm("build", &[]);
    let app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let (master_key, manifest) = (app.master_key(), folder().join(MANIFEST));
    let settings = [
        ("BELLWETHER_SIMULATE", "true"),
        ("BELLWETHER_WORKER", "embedded"),
        ("BELLWETHER_SIMULATION__HISTORY_DAYS", "10"),
        ("BELLWETHER_SIMULATION__POST_DAYS", "2"),
        ("BELLWETHER_MASTER_KEY", &master_key),
        ("BELLWETHER_PERSISTED_OPERATIONS", manifest.to_str().expect("the path is UTF-8")),
    ];
    let mut process = bellwether.start(&app, &["serve"], &settings);
    let address = process.logged("Serving on http://", "/graphql").await;
    let url = format!("http://{address}/graphql");
    // The server must go on while npm runs, which blocks.
    let token = anna.access_token.clone();
    let tests = tokio::task::spawn_blocking(move || {
        npm("test", &[("BELLWETHER_URL", &url), ("BELLWETHER_TOKEN", &token)])
    });
    println!("{}", tests.await.unwrap());
    drop(process);
    app.discard().await;
}
