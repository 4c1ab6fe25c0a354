//! Clients that follow a history through whatever happens.

use crate::event::{history, subscription::START};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use std::{collections::BTreeMap, net::SocketAddr, time::Duration};
use tests::Socket;
use tokio::{sync::watch, task::JoinHandle, time::sleep};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

/// The cursor is a variable, as with all clients, so that all share one execution.
const SUBSCRIPTION: &str =
    "subscription ($after: Cursor) { sentimentUpdated(after: $after) { cursor record { snippet } } }";
/// What clients try again: the server goes away, or the connection broke.
const MAY_TRY_AGAIN: [u16; 3] = [1001, 1006, 1012];
/// Of a connection that the client broke itself, as graphql-ws calls it.
pub const TERMINATED: u16 = 4499;
const LONGEST_PAUSE: u64 = 500;
const PATIENCE: Duration = Duration::from_mins(2);

/// Many followers.
#[derive(Debug)]
pub struct Crowd {
    /// How often some of them were to break their connections.
    breaks: watch::Sender<u32>,
    give_up: CancellationToken,
    followers: Vec<JoinHandle<Follower>>,
}

impl Crowd {
    /// Lets `count` clients follow at `address`.
    pub fn start(address: SocketAddr, count: usize, seed: u64) -> Self {
        let (breaks, give_up) = (watch::Sender::new(0), CancellationToken::new());
        let start = |number: usize| {
            let (follower, give_up) =
                (Follower::new(address, breaks.subscribe(), seed ^ number as u64), give_up.clone());
            tokio::spawn(follower.run(give_up))
        };
        let followers = (0..count).map(start).collect();
        Self { breaks, give_up, followers }
    }

    /// Lets some of them break their connections.
    pub fn break_some(&self) {
        self.breaks.send_modify(|breaks| *breaks += 1);
    }

    /// Asserts that each gets exactly `expected`, in order; how often connections ended with which code.
    pub async fn assert_got(self, expected: &[String]) -> BTreeMap<u16, usize> {
        let _impatience = AbortOnDropHandle::new(tokio::spawn(cancel_later(self.give_up)));
        let mut ends = BTreeMap::new();
        for (number, follower) in self.followers.into_iter().enumerate() {
            let follower = follower.await.unwrap();
            let wrong = follower.got.iter().zip(expected).position(|(got, expected)| got != expected);
            assert_eq!((follower.got.len(), wrong), (expected.len(), None), "client {number}: {follower:?}");
            for (code, count) in follower.ends {
                *ends.entry(code).or_default() += count;
            }
        }
        ends
    }
}

async fn cancel_later(token: CancellationToken) {
    sleep(PATIENCE).await;
    token.cancel();
}

/// A client that keeps its cursor and comes back.
#[derive(Debug)]
struct Follower {
    address: SocketAddr,
    breaks: watch::Receiver<u32>,
    random: StdRng,
    cursor: String,
    /// What the records say, in the order in which they came.
    got: Vec<String>,
    /// How often a connection ended with which code.
    ends: BTreeMap<u16, usize>,
}

impl Follower {
    fn new(address: SocketAddr, breaks: watch::Receiver<u32>, seed: u64) -> Self {
        let random = StdRng::seed_from_u64(seed);
        Self { address, breaks, random, cursor: START.to_owned(), got: vec![], ends: BTreeMap::new() }
    }

    async fn run(mut self, give_up: CancellationToken) -> Self {
        give_up.run_until_cancelled(Box::pin(self.follow())).await;
        self
    }

    async fn follow(&mut self) {
        while let Err(code) = self.listen().await {
            assert!(code == TERMINATED || MAY_TRY_AGAIN.contains(&code), "closed with {code}");
            *self.ends.entry(code).or_default() += 1;
            sleep(Duration::from_millis(self.random.random_range(0..LONGEST_PAUSE))).await;
        }
    }

    /// Takes events until the last, or tells how the connection ended before.
    async fn listen(&mut self) -> Result<(), u16> {
        let mut socket = Socket::try_open(self.address).await?;
        let payload = json!({ "query": SUBSCRIPTION, "variables": { "after": self.cursor } });
        socket.try_send(&json!({ "id": "1", "type": "subscribe", "payload": payload })).await?;
        while self.got.last().is_none_or(|last| last != history::LAST) {
            tokio::select! {
                message = socket.wait() => self.take(&message?),
                () = self.is_to_break() => return Err(TERMINATED),
            }
        }
        Ok(())
    }

    fn take(&mut self, message: &Value) {
        let event = &message["payload"]["data"]["sentimentUpdated"];
        let texts = (event["cursor"].as_str(), event["record"]["snippet"].as_str());
        let (Some(cursor), Some(snippet)) = texts else { panic!("no event: {message}") };
        cursor.clone_into(&mut self.cursor);
        self.got.push(snippet.to_owned());
    }

    /// Waits until it is one of those that break their connections.
    async fn is_to_break(&mut self) {
        while self.breaks.changed().await.is_ok() {
            if self.random.random_bool(0.5) {
                return;
            }
        }
        std::future::pending::<()>().await;
    }
}
