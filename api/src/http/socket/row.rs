//! Followers that keep up sit in rows, each with a writer that puts what is new on their wires itself: to wake a task for
//! each answer to each socket would cost as much again as to send it.

use super::{
    board::{Board, Entry, Progress},
    message,
};
use crate::http::wire::{Sent, Wire};
use slab::Slab;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{sync::oneshot, task::yield_now};
use tokio_util::task::AbortOnDropHandle;

/// Seats of a row: as many rows are served at once as there are threads.
const SEATS: usize = 1024;
/// How often is sent before other tasks have their turn, and whoever wants to join or to leave.
const TURN: usize = 32;
/// How many answers are sent to one at once.
const BATCH: usize = 32;

/// An operation as its answers are sent to whoever calls it.
#[derive(Clone, Debug)]
pub struct Call {
    wire: Arc<Wire>,
    /// How each message begins.
    opening: Arc<str>,
}

impl Call {
    pub fn new(wire: Arc<Wire>, id: &str) -> Self {
        Self { wire, opening: message::opening("next", id).into() }
    }
}

/// All rows of a cohort.
#[derive(Debug, Default)]
pub struct Rows(Mutex<Vec<Row>>);

#[derive(Debug)]
struct Row {
    seats: Arc<Seats>,
    _writer: AbortOnDropHandle<()>,
}

#[derive(Debug, Default)]
struct Seats {
    all: Mutex<Slab<Seated>>,
    /// By those who sit, and those who are about to.
    taken: AtomicUsize,
}

#[derive(Debug)]
struct Seated {
    call: Call,
    progress: Progress,
    /// Sends the follower away with its progress; `None` once it was.
    dismiss: Option<oneshot::Sender<Progress>>,
}

/// Of one follower; given back when dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Arc<Seats>,
    key: usize,
    dismissal: oneshot::Receiver<Progress>,
}

impl Rows {
    /// A seat for who has got all that there is, and whose wire takes more.
    pub fn take(&self, board: &Arc<Board>, call: &Call, progress: Progress) -> Option<Seat> {
        let may_sit = || board.is_all(progress.number) && call.wire.is_clear();
        if !may_sit() {
            return None;
        }
        let seats = self.with_room(board);
        let (dismiss, dismissal) = oneshot::channel();
        let mut all = seats.lock();
        // Again, behind the lock that each round of the writer takes: what comes after this look, the next round brings.
        if !may_sit() {
            seats.taken.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let key = all.insert(Seated { call: call.clone(), progress, dismiss: Some(dismiss) });
        drop(all);
        Some(Seat { seats, key, dismissal })
    }

    /// Where one more seat has been taken. Rows that are empty otherwise go.
    fn with_room(&self, board: &Arc<Board>) -> Arc<Seats> {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = |row: &Row| row.seats.taken.load(Ordering::Relaxed);
        let found = rows.iter().find(|row| taken(row) < SEATS).map(|row| row.seats.clone());
        let seats = found.unwrap_or_else(|| Self::add(board, &mut rows));
        seats.taken.fetch_add(1, Ordering::Relaxed);
        rows.retain(|row| taken(row) > 0);
        seats
    }

    fn add(board: &Arc<Board>, rows: &mut Vec<Row>) -> Arc<Seats> {
        let seats = Arc::<Seats>::default();
        let writer = tokio::spawn(write(board.clone(), seats.clone(), board.last()));
        rows.push(Row { seats: seats.clone(), _writer: AbortOnDropHandle::new(writer) });
        seats
    }
}

impl Seat {
    /// Waits until the follower must look after itself, from where it has got to.
    pub async fn left(&mut self) -> Option<Progress> {
        (&mut self.dismissal).await.ok()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.lock().remove(self.key);
        self.seats.taken.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Sends what comes onto the board after `written`, which all who sit have got.
async fn write(board: Arc<Board>, seats: Arc<Seats>, mut written: u64) {
    let mut changes = board.changes();
    let mut frames = Vec::new();
    // The board, and with it the sender, lives as long as this.
    while changes.changed().await.is_ok() {
        let last = board.last();
        let news = board.after(written).filter(|(entries, is_over)| {
            // Of an end every operation must know.
            !is_over && !entries.iter().any(|entry| entry.payload.is_refusal)
        });
        if news.as_ref().is_none_or(|(entries, _)| !entries.is_empty()) {
            let news = news.as_ref().map(|(entries, _)| entries.as_slice());
            let mut next = Some(0);
            while let Some(key) = next {
                next = seats.serve(key, news, &mut frames);
                yield_now().await;
            }
        }
        written = last;
    }
}

impl Seats {
    /// Gives some, from this key on, what is new, or sends them away; who comes next, if somebody does.
    fn serve(&self, first: usize, news: Option<&[Entry]>, frames: &mut Vec<u8>) -> Option<usize> {
        let mut all = self.lock();
        let mut sent = 0;
        for key in first..all.capacity() {
            if sent >= TURN {
                return Some(key);
            }
            sent += match (all.get_mut(key), news) {
                (Some(seated), Some(entries)) => seated.serve(entries, frames),
                (Some(seated), None) => seated.dismiss(),
                (None, _) => 0,
            };
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, Slab<Seated>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seated {
    /// Sends what it has not got yet, and tells how often; who does not take it all is sent away.
    fn serve(&mut self, entries: &[Entry], frames: &mut Vec<u8>) -> usize {
        if self.dismiss.is_none() {
            return 0;
        }
        let mut count = 0;
        let new = entries.partition_point(|entry| entry.number <= self.progress.number);
        for batch in entries[new..].chunks(BATCH) {
            frames.clear();
            for entry in batch {
                entry.payload.frame(&self.call.opening, frames);
            }
            let sent = self.call.wire.send(frames);
            count += 1;
            if sent != Sent::No {
                self.progress.advance(batch);
            }
            if sent != Sent::Whole {
                return count + self.dismiss();
            }
        }
        count
    }

    /// As much work as to send once.
    fn dismiss(&mut self) -> usize {
        if let Some(dismiss) = self.dismiss.take() {
            // Who has left already does not hear it.
            let _ = dismiss.send(self.progress);
        }
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        http::{
            socket::message::Payload,
            wire::{Line, pair},
        },
        marked::Mark,
    };
    use async_graphql::Response;
    use std::{io::Cursor, time::Duration};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
        time::timeout,
    };
    use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;

    /// An answer of this length at least.
    fn put(board: &Board, number: i64, length: usize) {
        let data = serde_json::json!([number, "x".repeat(length)]);
        let data = async_graphql::Value::from_json(data).unwrap();
        board.put(Some(Mark::History(number)), Payload::encode(Response::new(data)));
    }

    async fn seat(length: usize) -> (Arc<Board>, Rows, Call, Seat, Line, TcpStream) {
        let (line, far) = pair().await;
        let (board, rows) = (Arc::<Board>::default(), Rows::default());
        put(&board, 1, length);
        let call = Call::new(line.wire(), "1");
        assert!(rows.take(&board, &call, Progress::default()).is_none(), "it has not got the first");
        let seat = rows.take(&board, &call, Progress { number: 1, sequence: Some(1) }).unwrap();
        (board, rows, call, seat, line, far)
    }

    /// The numbers of the answers within whole frames, and nothing else.
    fn numbers(bytes: &[u8]) -> Vec<i64> {
        let mut cursor = Cursor::new(bytes);
        let mut numbers = Vec::new();
        while let Some((_, length)) = FrameHeader::parse(&mut cursor).unwrap() {
            let start = usize::try_from(cursor.position()).unwrap();
            let end = start + usize::try_from(length).unwrap();
            let message: serde_json::Value = serde_json::from_slice(&bytes[start..end]).unwrap();
            assert_eq!((&message["type"], &message["id"]), (&"next".into(), &"1".into()));
            numbers.push(message["payload"]["data"][0].as_i64().unwrap());
            cursor.set_position(end as u64);
        }
        numbers
    }

    #[tokio::test]
    async fn who_reads_nothing_is_sent_away_and_knows_what_it_got() {
        let (board, rows, call, mut seat, mut line, mut far) = seat(100_000).await;
        let mut last = 1;
        let progress = loop {
            last += 1;
            put(&board, last, 100_000);
            if let Ok(progress) = timeout(Duration::from_millis(5), seat.left()).await {
                break progress.unwrap();
            }
            assert!(last < 1_000, "a client that does not read takes 100 MB");
        };
        assert_eq!(progress.sequence, Some(i64::try_from(progress.number).unwrap()));
        assert!(rows.take(&board, &call, progress).is_none(), "it takes nothing, or has not got all");
        let reading = tokio::spawn(async move {
            let mut read = Vec::new();
            far.read_to_end(&mut read).await.unwrap();
            read
        });
        line.flush().await.unwrap();
        assert_eq!(rows.take(&board, &call, progress).is_some(), progress.sequence == Some(last));
        line.shutdown().await.unwrap();
        let got = numbers(&reading.await.unwrap());
        assert_eq!(got, (2..=progress.sequence.unwrap()).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn more_than_a_row_are_served_and_all_are_sent_away_at_the_end() {
        let (board, rows, call, first, _line, mut far) = seat(1).await;
        let all = Progress { number: 1, sequence: Some(1) };
        let mut seats: Vec<Seat> = (0..SEATS).map(|_| rows.take(&board, &call, all).unwrap()).collect();
        assert_eq!(rows.0.lock().unwrap().len(), 2);
        // Its place in the first row is free for the next.
        drop(first);
        seats.push(rows.take(&board, &call, all).unwrap());
        assert_eq!(rows.0.lock().unwrap().len(), 2);
        let mut frame = Vec::new();
        put(&board, 2, 1);
        board.after(1).unwrap().0[0].payload.frame(&call.opening, &mut frame);
        let mut read = vec![0; frame.len() * seats.len()];
        timeout(Duration::from_secs(10), far.read_exact(&mut read)).await.unwrap().unwrap();
        assert!(read == frame.repeat(seats.len()) && numbers(&frame) == [2]);
        board.end();
        for seat in &mut seats {
            assert_eq!(seat.left().await, Some(Progress { number: 2, sequence: Some(2) }));
        }
        assert!(rows.take(&board, &call, Progress { number: 2, sequence: Some(2) }).is_none());
    }

    #[tokio::test]
    async fn an_empty_row_goes_when_somebody_comes() {
        let (board, rows, call, _first, _line, _far) = seat(1).await;
        let all = Progress { number: 1, sequence: Some(1) };
        let seats: Vec<Seat> = (0..2 * SEATS).map(|_| rows.take(&board, &call, all).unwrap()).collect();
        assert_eq!(rows.0.lock().unwrap().len(), 3);
        drop(seats);
        assert!(rows.take(&board, &call, Progress::default()).is_none());
        assert!(rows.take(&board, &call, all).is_some());
        assert_eq!(rows.0.lock().unwrap().len(), 1);
    }
}
