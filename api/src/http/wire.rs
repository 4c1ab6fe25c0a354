//! Connections that others than their own task may write to, as long as they take at once what is written.

use std::{
    collections::VecDeque,
    future::poll_fn,
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::Notify,
};

/// Where a connection is written to, by whoever has it.
#[derive(Debug)]
pub struct Wire {
    outgoing: Mutex<Outgoing>,
    stuck: Notify,
}

#[derive(Debug)]
struct Outgoing {
    stream: OwnedWriteHalf,
    /// The end of what was written, which the system did not take yet: whoever writes next comes after it.
    rest: VecDeque<u8>,
}

/// What became of what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    Whole,
    /// The rest goes before whatever comes next, if somebody flushes.
    Partly,
    /// The client is slow, or gone.
    No,
}

impl Wire {
    /// Sends what must not be torn apart, unless that takes waiting.
    pub fn send(&self, bytes: &[u8]) -> Sent {
        let mut outgoing = self.lock();
        if !outgoing.rest.is_empty() {
            return Sent::No;
        }
        match outgoing.stream.try_write(bytes) {
            Ok(written) if written == bytes.len() => Sent::Whole,
            Ok(written) => {
                outgoing.rest.extend(&bytes[written..]);
                self.stuck.notify_one();
                Sent::Partly
            }
            Err(_) => Sent::No,
        }
    }

    /// Whether all that was written is on its way.
    pub fn is_clear(&self) -> bool {
        self.lock().rest.is_empty()
    }

    /// Waits until something was sent partly: now it must be flushed.
    pub async fn stuck(&self) {
        self.stuck.notified().await;
    }

    /// Waits until the system has taken all; only the connection's own task may.
    pub async fn flush(&self) -> io::Result<()> {
        poll_fn(|context| self.lock().poll_rest(context)).await
    }

    fn lock(&self) -> MutexGuard<'_, Outgoing> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outgoing {
    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.rest.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, self.rest.as_slices().0))?;
            if written == 0 {
                return Poll::Ready(Err(ErrorKind::WriteZero.into()));
            }
            self.rest.drain(..written);
        }
        // An idle connection keeps no memory.
        self.rest = VecDeque::new();
        Poll::Ready(Ok(()))
    }
}

/// A connection as its own task reads and writes it. What is written at once stays together on the wire, but for what is
/// written from several pieces, as HTTP is: there nobody else writes.
#[derive(Debug)]
pub struct Line {
    incoming: OwnedReadHalf,
    wire: Arc<Wire>,
}

impl Line {
    pub fn new(stream: TcpStream) -> Self {
        let (incoming, stream) = stream.into_split();
        let outgoing = Outgoing { stream, rest: VecDeque::new() };
        Self { incoming, wire: Arc::new(Wire { outgoing: outgoing.into(), stuck: Notify::new() }) }
    }

    pub fn wire(&self) -> Arc<Wire> {
        self.wire.clone()
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.incoming).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut outgoing = self.wire.lock();
        ready!(outgoing.poll_rest(context))?;
        let written = ready!(Pin::new(&mut outgoing.stream).poll_write(context, bytes))?;
        outgoing.rest.extend(&bytes[written..]);
        Poll::Ready(Ok(bytes.len()))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut outgoing = self.wire.lock();
        ready!(outgoing.poll_rest(context))?;
        Pin::new(&mut outgoing.stream).poll_write_vectored(context, pieces)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.wire.lock().poll_rest(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut outgoing = self.wire.lock();
        ready!(outgoing.poll_rest(context))?;
        Pin::new(&mut outgoing.stream).poll_shutdown(context)
    }
}

/// A line, and what is at its other end.
#[cfg(test)]
pub async fn pair() -> (Line, TcpStream) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (near, far) = tokio::join!(listener.accept(), TcpStream::connect(listener.local_addr().unwrap()));
    (Line::new(near.unwrap().0), far.unwrap())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        time::timeout,
    };

    /// What is written to a client that does not read, by both ways in turn, is there in one piece when it does.
    #[tokio::test]
    async fn nothing_is_torn_apart_or_lost() {
        let (mut line, mut far) = pair().await;
        let wire = line.wire();
        let mut expected: Vec<u8> = Vec::new();
        let full = loop {
            let bytes = vec![u8::try_from(expected.len() % 251).unwrap(); 70_001];
            let sent = wire.send(&bytes);
            if sent != Sent::No {
                expected.extend(&bytes);
            }
            if sent != Sent::Whole {
                break sent;
            }
            // What waits has written nothing yet.
            let Ok(written) = timeout(Duration::from_secs(1), line.write_all(b"between")).await else {
                break Sent::No;
            };
            written.unwrap();
            expected.extend(b"between");
            if !wire.is_clear() {
                break Sent::Partly;
            }
        };
        assert_eq!(wire.is_clear(), full == Sent::No);
        assert_eq!(wire.send(b"not now"), Sent::No);
        let count = expected.len();
        let reading = tokio::spawn(async move {
            let mut read = vec![0; count];
            far.read_exact(&mut read).await.unwrap();
            (read, far)
        });
        line.flush().await.unwrap();
        assert!(wire.is_clear());
        let (read, mut far) = reading.await.unwrap();
        assert!(read == expected);
        assert_eq!(wire.send(b"again"), Sent::Whole);
        line.shutdown().await.unwrap();
        let mut last = Vec::new();
        far.read_to_end(&mut last).await.unwrap();
        assert_eq!(last, b"again");
        drop(far);
        assert_eq!(wire.send(b"too late"), Sent::No);
    }

    #[tokio::test]
    async fn who_flushes_is_told_when_it_must() {
        let (line, mut far) = pair().await;
        let wire = line.wire();
        assert_eq!(wire.send(b"short"), Sent::Whole);
        let sent = wire.send(&vec![1; 64 << 20]);
        assert_eq!(sent, Sent::Partly);
        timeout(Duration::from_secs(1), wire.stuck()).await.unwrap();
        let reading = tokio::spawn(async move {
            let mut read = vec![0; 5 + (64 << 20)];
            far.read_exact(&mut read).await.map(|_| read)
        });
        wire.flush().await.unwrap();
        let read = reading.await.unwrap().unwrap();
        assert!(read.starts_with(b"short") && read[5..].iter().all(|byte| *byte == 1));
    }
}
