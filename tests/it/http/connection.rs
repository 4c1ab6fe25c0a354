//! Connections on which too little is said, or too much.

use std::{fmt::Write as _, net::SocketAddr, time::Duration};
use tests::TestApp;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::{Instant, sleep, timeout},
};

/// The server waits for ten seconds.
const PATIENCE: Duration = Duration::from_secs(12);

#[tokio::test]
async fn connections_that_say_nothing_or_a_byte_a_second_are_closed() {
    let mut app = TestApp::start().await;
    let address = app.serve().await;
    let started = Instant::now();
    let (silent, _open) = connect(address).await;
    let (slow, slow_writer) = connect(address).await;
    let (kept, mut kept_writer) = connect(address).await;
    kept_writer.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let drip = tokio::spawn(drip(slow_writer));
    let (silent, slow, kept) = tokio::join!(end(silent), end(slow), end(kept));
    drip.abort();
    assert!(started.elapsed() > Duration::from_secs(5), "they were not given the time to speak");
    assert_eq!((silent.as_str(), slow.as_str()), ("", ""));
    assert!(kept.starts_with("HTTP/1.1 200 OK"), "{kept}");
    app.finish().await;
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused_with_a_word() {
    let mut app = TestApp::start().await;
    let address = app.serve().await;
    let many = (0..101).fold(String::new(), |mut text, number| {
        write!(text, "x-{number}: 1\r\n").unwrap();
        text
    });
    for headers in [format!("x-long: {}\r\n", "x".repeat(100 * 1024)), many] {
        let (reader, mut writer) = connect(address).await;
        let request = format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{headers}\r\n");
        writer.write_all(request.as_bytes()).await.unwrap();
        let answer = end(reader).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    app.finish().await;
}

async fn connect(address: SocketAddr) -> (OwnedReadHalf, OwnedWriteHalf) {
    TcpStream::connect(address).await.unwrap().into_split()
}

/// Sends a header byte by byte.
async fn drip(mut writer: OwnedWriteHalf) {
    for byte in b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n" {
        if writer.write_all(&[*byte]).await.is_err() {
            return;
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// All that the server says until it closes; a reset is an end too.
async fn end(mut reader: OwnedReadHalf) -> String {
    let mut text = Vec::new();
    let _ = timeout(PATIENCE, reader.read_to_end(&mut text)).await.expect("the server does not close");
    String::from_utf8(text).unwrap()
}
