//! The audit log.

use domain::identity::{
    Actor,
    audit::{self, Act, Verdict},
};
use platform::Platform;
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use tests::{TestApp, on_postgres};

async fn fill(platform: &Platform, count: usize) {
    let txn = platform.db.begin().await.unwrap();
    for number in 0..count {
        let act = Act::new("test.count").named("number", &number.to_string());
        let act = act.changed(json!({ "n": number }), json!({ "n": number + 1 }));
        audit::record(&txn, platform.clock.now(), &Actor::command(), act).await.unwrap();
    }
    txn.commit().await.unwrap();
}

/// As someone with the database's password would.
async fn tamper(platform: &Platform, sql: &str) {
    let db = platform.db.connection();
    let open = if on_postgres() {
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL"
    } else {
        "DROP TRIGGER audit_entry_no_update; DROP TRIGGER audit_entry_no_delete"
    };
    let _ = db.execute_unprepared(open).await;
    db.execute_unprepared(sql).await.unwrap();
}

async fn verdict(platform: &Platform) -> Verdict {
    audit::verify(&platform.db).await.unwrap()
}

#[tokio::test]
async fn one_flipped_byte_in_a_thousand_entries_is_found() {
    let app = TestApp::start().await;
    fill(&app.platform, 1000).await;
    let before = verdict(&app.platform).await;
    tamper(&app.platform, "UPDATE audit_entry SET after = '{\"n\":501}' WHERE sequence = 500").await;
    let altered = verdict(&app.platform).await;
    app.finish().await;
    assert_eq!(before, Verdict::Intact(1000));
    assert_eq!(altered, Verdict::Broken { sequence: 500, how: "it was altered" });
}

#[tokio::test]
async fn a_removed_a_moved_and_a_cut_off_entry_are_found() {
    for (sql, expected) in [
        ("DELETE FROM audit_entry WHERE sequence = 5", Verdict::Broken { sequence: 5, how: "it is missing" }),
        (
            "UPDATE audit_entry SET sequence = -5 WHERE sequence = 5;
             UPDATE audit_entry SET sequence = 5 WHERE sequence = 6;
             UPDATE audit_entry SET sequence = 6 WHERE sequence = -5",
            Verdict::Broken { sequence: 5, how: "it does not follow the one before it" },
        ),
        (
            "DELETE FROM audit_entry WHERE sequence > 8",
            Verdict::Broken { sequence: 9, how: "the end is missing" },
        ),
    ] {
        let app = TestApp::start().await;
        fill(&app.platform, 10).await;
        tamper(&app.platform, sql).await;
        let found = verdict(&app.platform).await;
        app.finish().await;
        assert_eq!(found, expected, "{sql}");
    }
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_the_log() {
    let app = TestApp::start().await;
    fill(&app.platform, 3).await;
    let db = app.platform.db.connection();
    let mut statements = vec!["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"];
    if on_postgres() {
        statements.push("TRUNCATE audit_entry");
    } else {
        statements.push("INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE sequence = 2");
    }
    for sql in statements {
        let error = db.execute_unprepared(sql).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{sql}: {error}");
    }
    app.finish().await;
}

#[tokio::test]
async fn writers_at_once_make_one_chain() {
    let app = TestApp::start().await;
    let other = app.another_platform().await;
    tokio::join!(fill(&app.platform, 40), fill(&other, 40), fill(&app.platform, 40), fill(&other, 40));
    let found = verdict(&app.platform).await;
    app.finish().await;
    assert_eq!(found, Verdict::Intact(160));
}

#[tokio::test]
async fn what_is_written_during_a_check_is_no_break() {
    let app = TestApp::start().await;
    let other = app.another_platform().await;
    fill(&app.platform, 1500).await;
    let writer = tokio::spawn(async move {
        loop {
            fill(&other, 1).await;
        }
    });
    let mut found = Vec::new();
    for _ in 0..30 {
        found.push(verdict(&app.platform).await);
    }
    writer.abort();
    let _ = writer.await;
    app.discard().await;
    let counts: Vec<i64> = found
        .iter()
        .map(|verdict| match verdict {
            Verdict::Intact(count) => *count,
            Verdict::Broken { .. } => panic!("{verdict:?}"),
        })
        .collect();
    assert!(counts[0] >= 1500 && counts[29] > counts[0], "nothing was written meanwhile: {counts:?}");
}

#[tokio::test]
async fn an_administrator_reads_who_did_what() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let role =
        "mutation { setUserRole(input: { email: \"admin@example.org\", role: ADMIN }) { user { role } } }";
    app.data_as(&admin, role, json!({})).await;
    let log = "{ auditLog(filter: { action: \"identity\" }, first: 2) { totalCount edges { node {
        sequence action actorKind subject before after } } } }";
    let log = app.data_as(&admin, log, json!({})).await;
    app.finish().await;
    let newest = &log["auditLog"]["edges"][0]["node"];
    assert_eq!((&newest["action"], &newest["actorKind"]), (&json!("identity.set_role"), &json!("USER")));
    assert_eq!(
        (&newest["before"], &newest["after"]),
        (&json!("{\"role\":\"ADMIN\"}"), &json!("{\"role\":\"ADMIN\"}"))
    );
    assert_eq!(log["auditLog"]["edges"][1]["node"]["action"], "identity.enroll_totp");
}
