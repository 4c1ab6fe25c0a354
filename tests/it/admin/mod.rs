//! What administrators see and decide.

mod connection;
mod job;
mod log;
mod provider;
mod rotation;
mod schedule;
mod storage;

use serde_json::{Value, json};
use tests::{Person, TestApp};

/// What the audit log has of `action`, newest first.
pub async fn audited(app: &TestApp, admin: &Person, action: &str) -> Vec<Value> {
    let query = "query ($action: String!) { auditLog(filter: { action: $action }) {
        edges { node { actorKind subject before after } } } }";
    let log = app.data_as(admin, query, json!({ "action": action })).await;
    let edges = log["auditLog"]["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"].clone()).collect()
}
