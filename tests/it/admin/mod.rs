//! What administrators see and decide.

mod archive;
mod connection;
mod exchange;
mod job;
mod log;
mod provider;
mod rotation;
mod schedule;
mod service_level;
mod storage;

use flate2::read::GzDecoder;
use reqwest::Response;
use serde_json::{Value, json};
use std::{io::Read as _, net::SocketAddr};
use tests::{Person, TestApp};

/// What the audit log has of `action`, newest first.
pub async fn audited(app: &TestApp, admin: &Person, action: &str) -> Vec<Value> {
    let query = "query ($action: String!) { auditLog(filter: { action: $action }) {
        edges { node { actorKind subject before after } } } }";
    let log = app.data_as(admin, query, json!({ "action": action })).await;
    let edges = log["auditLog"]["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"].clone()).collect()
}

/// Asks for an archive's file.
pub async fn download(address: SocketAddr, bearer: &str, id: &str) -> Response {
    let request = crate::http::client().get(format!("http://{address}/archives/{id}"));
    request.bearer_auth(bearer).send().await.unwrap()
}

/// Sends a file.
pub async fn upload(address: SocketAddr, bearer: &str, name: &str, content: impl Into<Vec<u8>>) -> Response {
    let request = crate::http::client().post(format!("http://{address}/archives")).query(&[("name", name)]);
    request.bearer_auth(bearer).body(content.into()).send().await.unwrap()
}

/// Status and code of an answer that is an error.
pub async fn refusal(answer: Response) -> String {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    format!("{status} {}", tests::person::error_code(&body))
}

pub fn gunzip(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

/// How many archives and parts the tables have, whoever's they are.
pub async fn stored(app: &TestApp) -> (u64, u64) {
    use entity::archive::{archive, archive_part};
    use sea_orm::{EntityTrait as _, PaginatorTrait as _};
    let db = app.platform.db.connection();
    let parts = archive_part::Entity::find().count(db).await.unwrap();
    (archive::Entity::find().count(db).await.unwrap(), parts)
}
