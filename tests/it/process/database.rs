//! Databases that can't be used.

use sea_orm::ConnectionTrait as _;
use std::time::Duration;
use tempfile::TempDir;
use tests::{Program, TestApp};

/// What `doctor` says of the database at `url`; it must find a problem.
fn problem(bellwether: &Program, url: &str) -> String {
    let settings = [("DATABASE_URL", url), ("BELLWETHER_LISTEN", "127.0.0.1:0")];
    let finished = bellwether.run(&["doctor"], &settings);
    assert_eq!(finished.code, Some(1), "{url}: {finished:?}");
    let line = finished.text.lines().find(|line| line.starts_with("database  PROBLEM: "));
    line.unwrap_or_else(|| panic!("{url}: {}", finished.text)).to_owned()
}

fn assert_problem(bellwether: &Program, url: &str, words: &[&str]) {
    let problem = problem(bellwether, url);
    for word in words {
        assert!(problem.contains(word), "{word} is missing: {problem}");
    }
}

#[test]
fn doctor_explains_what_is_wrong_with_an_sqlite_file() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let folder = TempDir::new().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(
        &text,
        "Not a database at all, and longer than the header of one would be: 100 bytes and more, so.",
    )
    .unwrap();
    let here = |rest: &str| format!("sqlite://{}{rest}", folder.path().display());
    assert_problem(&bellwether, &here("/notes.txt"), &["the file is not SQLite", "DATABASE_URL"]);
    assert_problem(
        &bellwether,
        &here("/notes.txt/x/y.db"),
        &["cannot create the database in", "DATABASE_URL"],
    );
    assert_problem(&bellwether, &here(""), &["unable to open", "DATABASE_URL"]);
    // Nobody, not even root, makes files there.
    assert_problem(&bellwether, "sqlite:///sys/x.db", &["make the folder writable"]);
    assert_problem(&bellwether, "sqlite://my folder/x.db", &["%20"]);
}

#[test]
fn a_path_with_encoded_characters_works() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}/my%20folder/x.db", folder.path().display());
    let settings = [("DATABASE_URL", url.as_str()), ("BELLWETHER_LISTEN", "127.0.0.1:0")];
    let doctor = bellwether.run(&["doctor"], &settings);
    assert_eq!(doctor.code, Some(0), "{doctor:?}");
    assert!(doctor.text.contains("the first start makes it"), "{doctor:?}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "doctor only looks");
    let migrate = bellwether.run(&["migrate", "up"], &settings);
    assert_eq!(migrate.code, Some(0), "{migrate:?}");
    assert!(folder.path().join("my folder/x.db").exists());
}

#[test]
fn doctor_explains_why_postgresql_cannot_be_reached() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let refused = "postgres://me:verysecret@127.0.0.1:1/x";
    assert_problem(&bellwether, refused, &["start PostgreSQL", "host and port in DATABASE_URL", "me:***"]);
    // A special character in the password; a later part of the URL then looks like the port.
    for url in ["postgres://me:very#secret@127.0.0.1:1/x", "postgres://me:very/secret@127.0.0.1:1/x"] {
        assert_problem(&bellwether, url, &["percent", "%23", "me:***"]);
        let problem = problem(&bellwether, url);
        assert!(!problem.contains("very") && !problem.contains("secret"), "{problem}");
    }
}

#[test]
fn doctor_explains_whom_postgresql_does_not_know() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let Ok(server) = std::env::var("BELLWETHER_TEST_DATABASE_URL") else {
        println!("BELLWETHER_TEST_DATABASE_URL is not set: no check on PostgreSQL");
        return;
    };
    let (base, _) = server.rsplit_once('/').unwrap();
    let (_, host) = base.rsplit_once('@').unwrap();
    assert_problem(&bellwether, &format!("{base}/absent"), &["create it with `createdb`"]);
    assert_problem(&bellwether, &format!("postgres://stranger:x@{host}/postgres"), &["DATABASE_URL", "user"]);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let (Some(bellwether), Some(worker)) = (Program::find("bellwether"), Program::find("bellwether-worker"))
    else {
        return;
    };
    let app = TestApp::start().await;
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000000_x', 0)";
    app.platform.db.connection().execute_unprepared(newer).await.unwrap();
    let commands: [(&Program, &[&str]); 5] = [
        (&bellwether, &["serve"]),
        (&bellwether, &["doctor"]),
        (&bellwether, &["migrate", "up"]),
        (&bellwether, &["migrate", "down"]),
        (&worker, &[]),
    ];
    for (program, arguments) in commands {
        let mut process = program.start(&app, arguments, &[]);
        assert_eq!(process.wait(Duration::from_secs(20)).await, Some(1), "{arguments:?}: {}", process.log());
        let text = program.run_over(&app, arguments).text;
        assert!(text.contains("newer version") && text.contains("m29990101_000000_x"), "{text}");
    }
    app.finish().await;
}

/// A worker that can't start must not look like a clean exit: nobody would start it again.
#[tokio::test]
async fn a_server_whose_worker_cannot_work_fails() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    app.platform.db.connection().execute_unprepared("ALTER TABLE job RENAME TO away").await.unwrap();
    let settings = [("BELLWETHER_SIMULATE", "true"), ("BELLWETHER_WORKER", "embedded")];
    let mut process = bellwether.start(&app, &["serve"], &settings);
    assert_eq!(process.wait(Duration::from_secs(20)).await, Some(1), "{}", process.log());
    app.discard().await;
}
