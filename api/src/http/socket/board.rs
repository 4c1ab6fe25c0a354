//! Where a cohort's execution puts its answers, and the clients find them.

use super::message::Payload;
use crate::marked::Mark;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// Answers of history that are kept for the slow.
const RECENT: usize = 256;

/// The answers of one execution, numbered from 1.
#[derive(Debug)]
pub struct Board {
    answers: Mutex<Answers>,
    /// The number of the last answer.
    last: watch::Sender<u64>,
}

/// An answer on the board.
#[derive(Clone, Debug)]
pub struct Entry {
    pub number: u64,
    /// Its number in its history.
    pub sequence: Option<i64>,
    pub payload: Payload,
}

/// How far someone has got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Of the last answer.
    pub number: u64,
    /// Of the last event of history.
    pub sequence: Option<i64>,
}

impl Progress {
    /// Beyond these, which are in order.
    pub fn advance(&mut self, entries: &[Entry]) {
        self.number = entries.last().map_or(self.number, |entry| entry.number);
        self.sequence = entries.iter().rev().find_map(|entry| entry.sequence).or(self.sequence);
    }
}

#[derive(Debug, Default)]
struct Answers {
    /// The newest of each key.
    state: HashMap<String, Entry>,
    /// The newest without a key, in order.
    history: VecDeque<Entry>,
    /// The number of the newest that is gone.
    lost: u64,
    /// The first that ever was.
    first_sequence: Option<i64>,
    is_over: bool,
}

impl Default for Board {
    fn default() -> Self {
        Self { answers: Mutex::default(), last: watch::Sender::new(0) }
    }
}

impl Board {
    pub fn put(&self, mark: Option<Mark>, payload: Payload) {
        let mut answers = self.lock();
        let number = self.last() + 1;
        let mut entry = Entry { number, sequence: None, payload };
        match mark {
            Some(Mark::History(sequence)) => {
                entry.sequence = Some(sequence);
                answers.push(entry);
            }
            Some(Mark::State(key)) => drop(answers.state.insert(key, entry)),
            // An error, which is the last there is: who comes late gets it too.
            None => drop(answers.state.insert(String::new(), entry)),
        }
        drop(answers);
        self.last.send_replace(number);
    }

    /// Nothing more comes.
    pub fn end(&self) {
        self.lock().is_over = true;
        self.last.send_modify(|_| ());
    }

    pub fn is_over(&self) -> bool {
        self.lock().is_over
    }

    /// Tells of each new answer, and of those that are there at once.
    pub fn changes(&self) -> watch::Receiver<u64> {
        let mut changes = self.last.subscribe();
        changes.mark_changed();
        changes
    }

    /// What came after `position`, in order, and whether that was all there will be; `None` if some of it is gone.
    pub fn after(&self, position: u64) -> Option<(Vec<Entry>, bool)> {
        let answers = self.lock();
        if answers.lost > position {
            return None;
        }
        let start = answers.history.partition_point(|entry| entry.number <= position);
        let state = answers.state.values().filter(|entry| entry.number > position);
        let mut found: Vec<_> = state.chain(answers.history.range(start..)).cloned().collect();
        found.sort_unstable_by_key(|entry| entry.number);
        Some((found, answers.is_over))
    }

    /// After which answer, and which event, someone joins: history begins now, state with what is.
    pub fn beginning(&self) -> Progress {
        let answers = self.lock();
        let newest = answers.history.back();
        newest.map_or_else(Progress::default, |entry| Progress {
            number: entry.number,
            sequence: entry.sequence,
        })
    }

    /// The number of the last answer.
    pub fn last(&self) -> u64 {
        *self.last.borrow()
    }

    /// Whether this is the last answer for now, and more may come.
    pub fn is_all(&self, number: u64) -> bool {
        self.last() == number && !self.is_over()
    }

    /// The place of an event of history, if it is still there.
    pub fn number_of(&self, sequence: i64) -> Option<u64> {
        let answers = self.lock();
        let place = answers.history.partition_point(|entry| entry.sequence < Some(sequence));
        let found = answers.history.get(place).filter(|entry| entry.sequence == Some(sequence));
        found.map(|entry| entry.number)
    }

    /// From where one resumes to get all that ever was here.
    pub fn before_first(&self) -> Option<i64> {
        self.lock().first_sequence.map(|sequence| sequence - 1)
    }

    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answers {
    fn push(&mut self, entry: Entry) {
        self.first_sequence = self.first_sequence.or(entry.sequence);
        self.history.push_back(entry);
        if self.history.len() > RECENT
            && let Some(oldest) = self.history.pop_front()
        {
            self.lost = oldest.number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::Response;

    fn payload(number: u64) -> Payload {
        Payload::encode(Response::new(number))
    }

    fn numbers(board: &Board, position: u64) -> Option<Vec<u64>> {
        board.after(position).map(|(found, _)| found.iter().map(|entry| entry.number).collect())
    }

    #[test]
    fn of_state_the_newest_is_kept_and_given_in_order() {
        let board = Board::default();
        for (number, key) in (1..).zip(["A", "B", "A", "C", "B"]) {
            board.put(Some(Mark::State(key.to_owned())), payload(number));
        }
        assert_eq!(board.beginning(), Progress::default());
        assert_eq!(numbers(&board, 0), Some(vec![3, 4, 5]));
        assert_eq!(numbers(&board, 3), Some(vec![4, 5]));
        assert_eq!(numbers(&board, 5), Some(vec![]));
    }

    #[test]
    fn of_history_nothing_is_missed_or_it_is_said() {
        let board = Board::default();
        for number in 0..RECENT as u64 {
            board.put(Some(Mark::History(1000 + 2 * i64::try_from(number).unwrap())), payload(number));
        }
        assert_eq!(numbers(&board, 0).map(|found| found.len()), Some(RECENT));
        assert_eq!(
            (board.number_of(1002), board.number_of(1003), board.before_first()),
            (Some(2), None, Some(999))
        );
        board.put(Some(Mark::History(9000)), payload(0));
        assert_eq!(numbers(&board, 0), None);
        assert_eq!(numbers(&board, 1).map(|found| found.len()), Some(RECENT));
        assert_eq!(numbers(&board, 256), Some(vec![257]));
        assert_eq!(board.beginning(), Progress { number: 257, sequence: Some(9000) });
        assert_eq!((board.number_of(1000), board.number_of(9000)), (None, Some(257)));
    }

    #[test]
    fn the_end_is_told() {
        let board = Board::default();
        board.put(None, payload(1));
        board.end();
        assert!(board.is_over() && board.after(0).unwrap().1);
    }
}
