//! Plain queries, all the time.

use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;

const CLIENTS: usize = 4;
const PAUSE: Duration = Duration::from_millis(5);
/// One that reads the database.
const QUERY: &str = r#"{ stock(symbol: "ACME") { symbol } }"#;

/// Clients that ask, one query after the other.
#[derive(Debug)]
pub struct Queries {
    enough: CancellationToken,
    clients: Vec<JoinHandle<(usize, Vec<String>)>>,
}

impl Queries {
    pub fn start(address: SocketAddr) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let enough = CancellationToken::new();
        let clients = (0..CLIENTS).map(|_| tokio::spawn(ask(address, enough.clone()))).collect();
        Self { enough, clients }
    }

    /// How many were answered, and what became of the others.
    pub async fn end(self) -> (usize, Vec<String>) {
        self.enough.cancel();
        let (mut answered, mut failures) = (0, vec![]);
        for client in self.clients {
            let (count, failed) = client.await.unwrap();
            answered += count;
            failures.extend(failed);
        }
        (answered, failures)
    }
}

async fn ask(address: SocketAddr, enough: CancellationToken) -> (usize, Vec<String>) {
    let (mut answered, mut failures) = (0, vec![]);
    let client = reqwest::Client::new();
    while !enough.is_cancelled() {
        let request = client.post(format!("http://{address}/graphql")).json(&json!({ "query": QUERY }));
        match answer(request).await {
            Ok(()) => answered += 1,
            Err(failure) => failures.push(failure),
        }
        sleep(PAUSE).await;
    }
    (answered, failures)
}

async fn answer(request: reqwest::RequestBuilder) -> Result<(), String> {
    let response = request.send().await.map_err(|error| format!("{error:?}"))?;
    let (status, text) = (response.status(), response.text().await.map_err(|error| format!("{error:?}"))?);
    let answer: Value = serde_json::from_str(&text).unwrap_or_default();
    let is_right = status.is_success() && answer["data"]["stock"]["symbol"] == "ACME";
    is_right.then_some(()).ok_or_else(|| format!("{status} {text}"))
}
