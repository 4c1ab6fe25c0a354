//! One process full of clients.

use super::DOCUMENT;
use crate::{histogram::Histogram, process};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use futures_util::{SinkExt as _, StreamExt as _};
use platform::clock::Clock;
use serde::{Deserialize, Serialize};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, stdin},
    net::{TcpSocket, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, client::IntoClientRequest as _, protocol::WebSocketConfig},
};
use tokio_util::sync::CancellationToken;

/// Sockets that are opened at the same time.
const STORM: usize = 256;
const ADDRESSES: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(long)]
    pub sockets: usize,
    #[arg(long)]
    pub server: SocketAddr,
    /// They come from 127.0.x.1 and the addresses after it: on one alone, the system would search long for a free port.
    #[arg(long)]
    pub network: u8,
}

/// Told when all are open, and have had the current quote.
#[derive(Debug, Serialize, Deserialize)]
pub struct Opened {
    pub open: usize,
    pub failed: usize,
    /// Why the first failed.
    pub problem: Option<String>,
}

/// Told at the end.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Heard {
    /// From the publication to the client, of every delivery but each client's first.
    pub latency: Histogram,
    /// Sockets that ended before they should, and how.
    pub closes: Vec<String>,
}

type Socket = WebSocketStream<TcpStream>;

#[derive(Clone)]
struct Shared {
    heard: Arc<Mutex<Heard>>,
    end: CancellationToken,
}

/// Opens all sockets and listens to them until it is told something; drops them, and opens them again for each line.
pub async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut orders = BufReader::new(stdin()).lines();
    let heard = Arc::<Mutex<Heard>>::default();
    let mut is_wanted = true;
    while is_wanted {
        let shared = Shared { heard: heard.clone(), end: CancellationToken::new() };
        let mut listeners = JoinSet::new();
        let opened = open_all(arguments, &shared, &mut listeners).await;
        process::tell(&opened)?;
        is_wanted = orders.next_line().await?.is_some();
        shared.end.cancel();
        listeners.join_all().await;
    }
    let heard = std::mem::take(&mut *heard.lock().unwrap_or_else(PoisonError::into_inner));
    process::tell(&heard)
}

async fn open_all(arguments: &Arguments, shared: &Shared, listeners: &mut JoinSet<()>) -> Opened {
    let room = Arc::new(Semaphore::new(STORM));
    let mut opening = JoinSet::new();
    for number in 0..arguments.sockets {
        let source = Ipv4Addr::new(127, 0, arguments.network, ADDRESSES[number % ADDRESSES.len()]);
        let (server, room) = (arguments.server, room.clone());
        opening.spawn(async move {
            let _place = room.acquire().await;
            let started = Instant::now();
            timeout(PATIENCE, open(server, source))
                .await
                .with_context(|| format!("not open after {:?}", started.elapsed()))
                .flatten()
        });
    }
    let mut opened = Opened { open: 0, failed: 0, problem: None };
    while let Some(outcome) = opening.join_next().await {
        match outcome.map_err(anyhow::Error::from).flatten() {
            Ok(socket) => {
                opened.open += 1;
                listeners.spawn(listen(socket, shared.clone()));
            }
            Err(error) => {
                opened.failed += 1;
                opened.problem.get_or_insert_with(|| format!("{error:#}"));
            }
        }
    }
    opened
}

/// A socket that has had its first quote.
async fn open(server: SocketAddr, source: Ipv4Addr) -> anyhow::Result<Socket> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(source.into(), 0))?;
    let stream = socket.connect(server).await?;
    stream.set_nodelay(true)?;
    let mut request = format!("ws://{server}/graphql").into_client_request()?;
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
    // The library's own 128 KiB would be more than the machine has.
    let config = WebSocketConfig::default().read_buffer_size(2048).write_buffer_size(0);
    let (mut socket, _) = client_async_with_config(request, stream, Some(config)).await?;
    socket.send(Message::text(r#"{"type":"connection_init"}"#)).await?;
    let subscribe = serde_json::json!({ "id": "1", "type": "subscribe", "payload": { "query": DOCUMENT } });
    socket.send(Message::text(subscribe.to_string())).await?;
    loop {
        let message = socket.next().await.context("the server closed at once")??;
        if message.is_text() && moment(message.to_text()?).is_some() {
            return Ok(socket);
        }
        anyhow::ensure!(!message.is_close() && !message.to_string().contains("errors"), "{message}");
    }
}

async fn listen(mut socket: Socket, shared: Shared) {
    let clock = Clock::system();
    let end = loop {
        let message = tokio::select! {
            message = socket.next() => message,
            () = shared.end.cancelled() => return,
        };
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(other)) => break format!("{other:?}"),
            Some(Err(error)) => break error.to_string(),
            None => break "the connection ended".to_owned(),
        };
        match moment(&text) {
            Some(moment) => {
                let latency = (clock.now() - moment).to_std().unwrap_or_default();
                shared.heard.lock().unwrap_or_else(PoisonError::into_inner).latency.record(latency);
            }
            None => break format!("strange message {text}"),
        }
    };
    shared.heard.lock().unwrap_or_else(PoisonError::into_inner).closes.push(end);
}

/// When the quote in a message was published. Parsing all of it would cost more than the server's part.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let (_, rest) = text.split_once(r#""asOf":""#)?;
    rest.split_once('"')?.0.parse().ok()
}
