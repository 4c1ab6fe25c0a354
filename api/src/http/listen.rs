//! Connections: taken, limited while they say nothing or too much, and let go at shutdown.

use super::wire::Line;
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::Service as _};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use platform::config::Config;
use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{debug, warn};

/// How long a client may take to send the head of a request, and may be silent between two.
const HEAD: Duration = Duration::from_secs(10);
/// The first line counts too, and may hold a whole query.
const LARGEST_HEAD: usize = 64 * 1024;
const MOST_HEADERS: usize = 100;
/// More than a head may have, so that whoever sends too much is told so before the connection is reset.
const BUFFER: usize = 128 * 1024;
/// Connections that wait to be taken: clients that a restart threw out come back all at once.
const BACKLOG: u16 = 4096;
/// How long a new connection may take at shutdown to send its request, which may be on its way already.
const FIRST: Duration = Duration::from_secs(2);
/// How long nothing is taken when there is no room, such as for another open file.
const PAUSE: Duration = Duration::from_millis(200);

/// Listens where `config` says, beside other processes if it says so.
pub fn bind(config: &Config) -> io::Result<TcpListener> {
    let address = config.listen;
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A restart must not wait for the connections of the process before.
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(config.http.reuse_port)?;
    socket.bind(address)?;
    socket.listen(BACKLOG.into())
}

/// Answers connections until `shutdown`, then lets open requests end.
pub async fn serve(listener: TcpListener, router: Router, shutdown: &CancellationToken) {
    let connections = TaskTracker::new();
    let service = TowerToHyperService::new(router);
    // In a task of its own, so that a panic ends nothing else.
    let take =
        |stream, peer| drop(connections.spawn(answer(stream, peer, service.clone(), shutdown.clone())));
    tokio::select! {
        () = accept(&listener, take) => {}
        () = shutdown.cancelled() => {}
    }
    take_waiting(listener, take);
    connections.close();
    connections.wait().await;
}

async fn accept(listener: &TcpListener, take: impl Fn(TcpStream, SocketAddr)) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => take(stream, peer),
            Err(error) if is_of_client(&error) => {}
            Err(error) => {
                warn!(%error, "Could not take a connection");
                sleep(PAUSE).await;
            }
        }
    }
}

/// Takes the connections that the system has made already, which would be reset with what they asked.
///
/// Whoever comes later is refused at once, and finds another process.
fn take_waiting(listener: TcpListener, take: impl Fn(TcpStream, SocketAddr)) {
    let Ok(listener) = listener.into_std() else { return };
    for (stream, peer) in (0..BACKLOG).map_while(|_| listener.accept().ok()) {
        if let Ok(stream) = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream)) {
            take(stream, peer);
        }
    }
}

/// Whether it was the client that gave up; the next connection may be taken at once.
fn is_of_client(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    service: TowerToHyperService<Router>,
    shutdown: CancellationToken,
) {
    // Answers and events are small; none shall wait for the next.
    let _ = stream.set_nodelay(true);
    let asked = CancellationToken::new();
    let line = Line::new(stream);
    let wire = line.wire();
    let requests = hyper::service::service_fn(|request: hyper::Request<Incoming>| {
        asked.cancel();
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(wire.clone());
        service.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_header_size(LARGEST_HEAD)
        .max_headers(MOST_HEADERS)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(line), requests)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let outcome = tokio::select! {
        outcome = &mut connection => outcome,
        () = time_to_leave(&shutdown, &asked) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        debug!(%error, "A connection broke");
    }
}

/// The library would close a connection at once on which nothing was asked yet.
async fn time_to_leave(shutdown: &CancellationToken, asked: &CancellationToken) {
    shutdown.cancelled().await;
    let _ = timeout(FIRST, asked.cancelled()).await;
}
