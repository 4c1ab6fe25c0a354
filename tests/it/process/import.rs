//! What imports and exports say when they can't go on.

use entity::identity::audit_entry;
use sea_orm::{ConnectionTrait as _, EntityTrait as _};
use tempfile::TempDir;
use tests::{Finished, Program, TestApp, build, drills, file, on_postgres};

const STOCKS: &str = "symbol,name\nACME,Acme Inc.\n";

/// Imports a list of stocks over `app`, with `more` settings.
fn import(bellwether: &Program, app: &TestApp, more: &[(&str, &str)]) -> Finished {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "stocks.csv", STOCKS);
    let settings = app.settings();
    let settings = settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let settings: Vec<_> = settings.chain(more.iter().copied()).collect();
    bellwether.run(&["import", "stocks", path.to_str().unwrap()], &settings)
}

#[track_caller]
fn assert_explained(finished: &Finished, cause: &str, end: &str) {
    let Finished { code, text } = finished;
    assert_eq!(*code, Some(1), "{text}");
    assert_eq!(text.matches(cause).count(), 1, "{text}");
    assert!(text.trim_end().ends_with(end), "{text}");
}

#[tokio::test]
async fn a_full_disk_is_explained() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    if on_postgres() {
        return;
    }
    let app = TestApp::start().await;
    // In the words of SQLite, without filling a disk.
    let full = "CREATE TRIGGER full BEFORE INSERT ON stock BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END";
    app.platform.db.connection().execute_unprepared(full).await.unwrap();
    let finished = import(&bellwether, &app, &[]);
    assert_explained(
        &finished,
        "disk is full",
        "; free space on the disk; then run the import again to resume",
    );
    app.finish().await;
}

#[tokio::test]
async fn a_database_that_can_only_be_read_is_explained() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    let (url, cause, end) = if on_postgres() {
        let url = format!("{}?options=-cdefault_transaction_read_only%3Don", app.database_url());
        (url, "read-only transaction", "; let DATABASE_URL name the primary server, which can be written")
    } else {
        let end = "; make the file and its folder writable; then run the import again to resume";
        (format!("{}?mode=ro", app.database_url()), "readonly database", end)
    };
    let finished = import(&bellwether, &app, &[("DATABASE_URL", &url)]);
    assert_explained(&finished, cause, end);
    app.finish().await;
}

#[tokio::test]
async fn a_locked_sqlite_database_is_explained_and_the_import_can_be_resumed() {
    if on_postgres() || !drills("waiting for a locked database") {
        return;
    }
    let bellwether = Program::find("bellwether").unwrap();
    let app = TestApp::start().await;
    let lock = app.platform.db.begin().await.unwrap();
    let finished = import(&bellwether, &app, &[]);
    let end = "; another process writes for long; stop it or wait; then run the import again to resume";
    assert_explained(&finished, "database is locked", end);
    lock.rollback().await.unwrap();
    assert_eq!(import(&bellwether, &app, &[]).code, Some(0));
    app.finish().await;
}

#[tokio::test]
async fn a_file_that_ends_early_gives_its_rows_and_is_an_error() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "stocks.json", r#"[{"symbol":"ACME","name":"Acme Inc."},"#);
    let Finished { code, text } = bellwether.run_over(&app, &["import", "stocks", path.to_str().unwrap()]);
    let data = app.data(r#"{ stock(symbol: "ACME") { name } }"#).await;
    let entries = audit_entry::Entity::find().all(app.platform.db.connection()).await.unwrap();
    app.finish().await;
    let entries: Vec<_> = entries.iter().map(|row| (row.action.as_str(), row.actor_kind.as_str())).collect();
    assert_eq!(entries, [("admin.import_stocks", "COMMAND")]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("stored") && text.contains("ends early") && text.contains("1 of 1 files"),
        "{text}"
    );
    assert_eq!(data["stock"]["name"], "Acme Inc.");
}

#[tokio::test]
async fn an_export_that_nobody_reads_on_ends_quietly() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    build::stocks(&app.platform, &["ACME"]).await;
    let unread = bellwether.run_unread(&app, &["export", "stocks"]);
    let unknown = bellwether.run_over(&app, &["export", "prices", "--symbol", "NOPE"]);
    app.finish().await;
    assert_eq!((unread.code, unread.text.as_str()), (Some(0), ""));
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.text.contains("there is no stock NOPE"), "{}", unknown.text);
}
