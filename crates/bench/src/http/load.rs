//! Clients that ask the same over and over, as cheaply as they can: they share the machine with the server.

use crate::histogram::Histogram;
use anyhow::Context as _;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::sleep_until,
};

/// Connections that are kept open.
const CLIENTS: u32 = 16;

/// How often is asked.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// By each client as soon as it has its answer.
    Fastest,
    /// So many times a second by all together. Each answer is timed from when it should have been asked for, so that a
    /// slow server can't hide by making its clients wait.
    Rate(f64),
}

/// Sends `request` for `time`.
pub async fn run(server: SocketAddr, request: &str, pace: Pace, time: Duration) -> anyhow::Result<Histogram> {
    let mut clients = JoinSet::new();
    let end = Instant::now() + time;
    for number in 0..CLIENTS {
        let request = request.to_owned();
        let (first, period) = match pace {
            Pace::Fastest => (Duration::ZERO, None),
            Pace::Rate(rate) => {
                let period = Duration::from_secs_f64(f64::from(CLIENTS) / rate);
                (period * number / CLIENTS, Some(period))
            }
        };
        clients.spawn(async move {
            let mut client = Client::connect(server).await?;
            let mut heard = Histogram::default();
            let mut due = Instant::now() + first;
            while due < end {
                // A timer ticks in milliseconds: one that is due already would wait for the next tick.
                if due > Instant::now() {
                    sleep_until(due.into()).await;
                }
                client.ask(&request).await?;
                heard.record(due.elapsed());
                due = period.map_or_else(Instant::now, |period| due + period);
            }
            anyhow::Ok(heard)
        });
    }
    let mut all = Histogram::default();
    while let Some(heard) = clients.join_next().await {
        all.add(&heard??);
    }
    Ok(all)
}

struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    async fn connect(server: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends the request and waits for the whole of a good answer.
    async fn ask(&mut self, request: &str) -> anyhow::Result<()> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let mut length = None;
        while length.is_none_or(|length| self.buffer.len() < length) {
            anyhow::ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server hung up");
            if length.is_none() {
                length = length_of(&self.buffer)?;
            }
        }
        Ok(())
    }
}

/// How long the whole answer is, once its head is there.
fn length_of(answer: &[u8]) -> anyhow::Result<Option<usize>> {
    let Some(end) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return Ok(None) };
    let head = str::from_utf8(&answer[..end])?;
    anyhow::ensure!(head.starts_with("HTTP/1.1 200 "), "the server answered {head}");
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let (_, length) = lines
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .context("the server does not tell the length of its answer")?;
    Ok(Some(end + 4 + length.trim().parse::<usize>()?))
}
