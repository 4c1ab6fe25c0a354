//! Connections: taken, limited while they say nothing or too much, and let go at shutdown.

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
    time::sleep,
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
const BACKLOG: u32 = 4096;
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
    socket.listen(BACKLOG)
}

/// Answers connections until `shutdown`, then lets open requests end.
pub async fn serve(listener: TcpListener, router: Router, shutdown: &CancellationToken) {
    let connections = TaskTracker::new();
    tokio::select! {
        () = accept(&listener, router, shutdown, &connections) => {}
        () = shutdown.cancelled() => {}
    }
    // Whoever comes now is refused at once, and finds another process.
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn accept(
    listener: &TcpListener,
    router: Router,
    shutdown: &CancellationToken,
    connections: &TaskTracker,
) {
    let service = TowerToHyperService::new(router);
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // In a task of its own, so that a panic ends nothing else.
                connections.spawn(answer(stream, peer, service.clone(), shutdown.clone()));
            }
            Err(error) if is_of_client(&error) => {}
            Err(error) => {
                warn!(%error, "Could not take a connection");
                sleep(PAUSE).await;
            }
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
    let requests = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        service.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_header_size(LARGEST_HEAD)
        .max_headers(MOST_HEADERS)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), requests)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let outcome = tokio::select! {
        outcome = &mut connection => outcome,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        debug!(%error, "A connection broke");
    }
}
