//! What is kept about someone, handed out to them alone; how archives come and go.

use super::{download, gunzip, refusal, stored};
use domain::{
    admin::Pipeline,
    archive::{Error, MOST, Writer},
    identity::Role,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tests::{
    Person, TestApp,
    person::{PASSWORD, error_code},
};

const EXPORT: &str =
    "mutation { exportMyData(input: {}) { archive { id state url job { id } } job { id kind state } } }";
const LIST: &str =
    "{ archives { id kind fileName state sizeBytes rowCount sha256 url expiresAt job { state } } }";
const DELETE: &str = "mutation ($id: ID!) { deleteArchive(input: { id: $id }) { id } }";

async fn export(app: &TestApp, person: &Person) -> Value {
    app.data_as(person, EXPORT, json!({})).await["exportMyData"].take()
}

/// The id of an archive that is ready.
async fn exported(app: &TestApp, person: &Person) -> String {
    let begun = export(app, person).await;
    app.run_jobs().await;
    begun["archive"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn my_export_has_my_data_and_nobody_else_s() {
    let mut app = TestApp::start().await;
    let (anna, ben) = (app.person("anna", Role::User).await, app.person("ben", Role::User).await);
    let admin = app.admin().await;
    let create = "mutation { createApiKey(input: { name: \"notebook\", scopes: [READ] }) { key } }";
    let key = app.data_as(&anna, create, json!({})).await["createApiKey"]["key"].take();
    let key = key.as_str().unwrap();
    let promote =
        "mutation { setUserRole(input: { email: \"anna@example.org\", role: ANALYST }) { user { id } } }";
    app.data_as(&admin, promote, json!({})).await;
    let begun = export(&app, &anna).await;
    let again = export(&app, &anna).await;
    app.run_jobs().await;
    let address = app.serve().await;
    let listed = app.graphql_with(Some(key), None, LIST, json!({})).await["data"]["archives"].take();
    let id = begun["archive"]["id"].as_str().unwrap();
    let answer = download(address, key, id).await;
    let headers = answer.headers().clone();
    let bytes = answer.bytes().await.unwrap();
    let admin_id = app.data_as(&admin, "{ me { id } }", json!({})).await["me"]["id"].take();
    app.finish().await;
    assert_eq!(begun["archive"]["state"], "WRITING");
    assert_eq!(
        (&begun["job"]["kind"], &begun["archive"]["url"]),
        (&json!("admin.export_my_data"), &Value::Null)
    );
    assert_eq!(begun["archive"]["id"], again["archive"]["id"], "one at a time");
    let [one] = listed.as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!((&one["state"], &one["job"]["state"]), (&json!("READY"), &json!("COMPLETED")));
    assert_eq!(one["url"], format!("http://127.0.0.1:8000/archives/{id}"));
    let digest: Vec<String> = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let digest = digest.concat();
    assert_eq!((&one["sha256"], &one["sizeBytes"]), (&json!(digest), &json!(bytes.len())));
    let name = one["fileName"].as_str().unwrap();
    assert_eq!(headers["content-disposition"], format!("attachment; filename=\"{name}\""));
    assert_eq!(headers["etag"], format!("\"{digest}\""));
    assert_eq!(headers["content-length"], bytes.len().to_string());
    assert_eq!(
        (&headers["content-type"], &headers["cache-control"]),
        (&"application/gzip".parse().unwrap(), &"private, no-store".parse().unwrap())
    );
    let text = gunzip(&bytes);
    let document: Value = serde_json::from_str(&text).unwrap();
    let sections: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(sections.len(), 7, "{sections:?}");
    assert_eq!(document["account"][0]["email"], anna.email);
    assert_eq!(document["apiKeys"][0]["name"], "notebook");
    assert_eq!(document["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(document["archives"][0]["id"], id);
    let entries = document["auditEntries"].as_array().unwrap();
    let promoted = entries.iter().find(|entry| entry["action"] == "identity.set_role").unwrap();
    assert_eq!((&promoted["actorId"], &promoted["after"]["role"]), (&Value::Null, &json!("ANALYST")));
    assert!(entries.iter().any(|entry| entry["action"] == "identity.create_api_key"));
    for foreign in [ben.email.as_str(), &admin.email, admin_id.as_str().unwrap(), key, "argon2", "hash"] {
        assert!(!text.contains(foreign), "{foreign} is in {text}");
    }
}

#[tokio::test]
async fn nobody_else_finds_downloads_or_deletes_my_archive() {
    let mut app = TestApp::start().await;
    let (anna, admin) = (app.person("anna", Role::User).await, app.admin().await);
    let id = exported(&app, &anna).await;
    let address = app.serve().await;
    let nobody = crate::http::client().get(format!("http://{address}/archives/{id}")).send().await.unwrap();
    let refused = [
        refusal(nobody).await,
        refusal(download(address, "bw_wrong", &id).await).await,
        refusal(download(address, &admin.access_token, &id).await).await,
        refusal(download(address, &anna.access_token, "x").await).await,
    ];
    let find = "query ($id: ID!) { archive(id: $id) { id } archives { id } }";
    let seen = app.data_as(&admin, find, json!({ "id": id })).await;
    let deleted = app.graphql_as(&admin, DELETE, json!({ "id": id })).await;
    let mine = app.data_as(&anna, find, json!({ "id": id })).await;
    app.finish().await;
    assert_eq!(refused, ["401 UNAUTHENTICATED", "401 UNAUTHENTICATED", "404 NOT_FOUND", "404 NOT_FOUND"]);
    assert_eq!(seen, json!({ "archive": null, "archives": [] }));
    assert_eq!(error_code(&deleted), "NOT_FOUND");
    assert_eq!(mine["archive"]["id"], id);
}

#[tokio::test]
async fn an_archive_goes_when_it_is_deleted_expires_or_its_owner_leaves() {
    let mut app = TestApp::start_on("2026-03-02T12:00:00Z").await;
    let (anna, ben) = (app.person("anna", Role::User).await, app.person("ben", Role::User).await);
    let address = app.serve().await;
    let deleted = exported(&app, &anna).await;
    app.data_as(&anna, DELETE, json!({ "id": deleted })).await;
    assert_eq!(stored(&app).await, (0, 0));
    let unwritten = export(&app, &anna).await;
    app.data_as(&anna, DELETE, json!({ "id": unwritten["archive"]["id"] })).await;
    // The job has nothing to do any more, and does not fail over it.
    app.run_jobs().await;
    exported(&app, &ben).await;
    let leave = "mutation ($password: String) { deleteMyAccount(input: { password: $password }) { done } }";
    app.data_as(&ben, leave, json!({ "password": PASSWORD })).await;
    assert_eq!(stored(&app).await, (0, 0));
    let expired = exported(&app, &anna).await;
    app.platform.clock.set("2026-03-09T12:00:00Z".parse().unwrap());
    let anna = app.sign_in(&anna.email).await;
    let left = app.data_as(&anna, LIST, json!({})).await;
    let gone = refusal(download(address, &anna.access_token, &expired).await).await;
    assert_eq!(stored(&app).await, (1, 1), "hidden at once, deleted by the clean-up");
    Pipeline::CleanUp.enqueue(app.platform.db.connection(), &app.platform.clock).await.unwrap();
    app.run_jobs().await;
    let cleaned = stored(&app).await;
    app.finish().await;
    assert_eq!((left, gone.as_str(), cleaned), (json!({ "archives": [] }), "404 NOT_FOUND", (0, 0)));
}

#[tokio::test]
async fn what_a_dead_worker_left_is_started_over() {
    let mut app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let begun = export(&app, &anna).await;
    let id = begun["archive"]["id"].as_str().unwrap().to_owned();
    let mut dead = Writer::start(&app.platform, id.parse().unwrap()).await.unwrap();
    dead.write(&vec![7; 2_000_000]).await.unwrap();
    assert_eq!(stored(&app).await, (1, 3));
    let address = app.serve().await;
    let early = refusal(download(address, &anna.access_token, &id).await).await;
    app.run_jobs().await;
    let late = dead.write(&vec![7; 2_000_000]).await;
    let document = gunzip(&download(address, &anna.access_token, &id).await.bytes().await.unwrap());
    assert_eq!((stored(&app).await, early.as_str()), ((1, 1), "409 CONFLICT"));
    app.finish().await;
    assert!(matches!(late, Err(Error::Replaced)), "{late:?}");
    assert!(document.contains(&anna.email));
}

#[tokio::test]
async fn a_list_of_archives_costs_two_statements_and_ends_somewhere() {
    let app = TestApp::start().await;
    let anna = app.person("anna", Role::User).await;
    let mut counts = Vec::new();
    for count in 1..=MOST {
        exported(&app, &anna).await;
        if [1, 5].contains(&count) {
            let mut fewest = u64::MAX;
            for _ in 0..3 {
                let before = app.platform.db.statements();
                app.data_as(&anna, LIST, json!({})).await;
                fewest = fewest.min(app.platform.db.statements() - before);
            }
            counts.push(fewest);
        }
    }
    let refused = app.graphql_as(&anna, EXPORT, json!({})).await;
    app.finish().await;
    assert_eq!((counts, error_code(&refused)), (vec![2, 2], "CONFLICT"));
}

#[tokio::test]
async fn only_who_asked_and_administrators_see_a_job() {
    let app = TestApp::start().await;
    let (anna, ben) = (app.person("anna", Role::User).await, app.person("ben", Role::User).await);
    let admin = app.admin().await;
    let id = export(&app, &anna).await["job"]["id"].take();
    let ask = "query ($id: ID!) { job(id: $id) { kind } node(id: $id) { id } }";
    let mut found = Vec::new();
    for person in [&anna, &ben, &admin] {
        let seen = app.data_as(person, ask, json!({ "id": id })).await;
        found.push((seen["job"].is_null(), seen["node"].is_null()));
    }
    app.discard().await;
    assert_eq!(found, [(false, false), (true, true), (false, false)]);
}
