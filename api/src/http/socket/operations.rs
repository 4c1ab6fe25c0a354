//! The operations of one socket.

use super::message::Payload;
use futures_util::{Stream, StreamExt as _, stream::BoxStream};
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

pub const MOST: usize = 100;

/// Few enough to look at each of them in turn, which for one or two is cheaper than to know which of them has woken.
#[derive(Default)]
pub struct Operations {
    all: Vec<(Arc<str>, BoxStream<'static, Payload>)>,
    /// Who is looked at first, so that none drowns out the others.
    next: usize,
}

impl Operations {
    pub fn has(&self, id: &str) -> bool {
        self.all.iter().any(|(of, _)| **of == *id)
    }

    pub fn is_full(&self) -> bool {
        self.all.len() >= MOST
    }

    pub fn add(&mut self, id: Arc<str>, answers: BoxStream<'static, Payload>) {
        self.all.push((id, answers));
    }

    /// Ends the operation, if it goes on.
    pub fn remove(&mut self, id: &str) {
        self.all.retain(|(of, _)| **of != *id);
    }

    pub fn clear(&mut self) {
        self.all.clear();
    }
}

/// The next answer with the id of its operation, or without an answer at its end; never the end of all.
impl Stream for Operations {
    type Item = (Arc<str>, Option<Payload>);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        for _ in 0..self.all.len() {
            self.next = (self.next + 1) % self.all.len();
            let index = self.next;
            let (id, answers) = &mut self.all[index];
            if let Poll::Ready(answer) = answers.poll_next_unpin(context) {
                let id = id.clone();
                // Nothing follows an error, or the end.
                if answer.as_ref().is_none_or(|answer| answer.is_refusal) {
                    drop(self.all.swap_remove(index));
                }
                return Poll::Ready(Some((id, answer)));
            }
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::Response;
    use futures_util::{FutureExt as _, stream};

    fn answers(count: usize) -> BoxStream<'static, Payload> {
        stream::iter((0..count).map(|number| Payload::encode(Response::new(number)))).boxed()
    }

    /// Who answers, in order, and `!` where one ends.
    fn heard(operations: &mut Operations) -> String {
        let mut heard = String::new();
        while let Some(Some((id, answer))) = operations.next().now_or_never() {
            heard += &id;
            heard += if answer.is_some() { "" } else { "!" };
        }
        heard
    }

    #[test]
    fn all_are_heard_in_turn_to_their_ends() {
        let mut operations = Operations::default();
        assert_eq!(heard(&mut operations), "");
        for (id, count) in [("a", 3), ("b", 1), ("c", 2)] {
            operations.add(id.into(), answers(count));
        }
        operations.add("d".into(), stream::pending().boxed());
        let heard = heard(&mut operations);
        let order = |of: &str| heard.matches(of).count();
        assert_eq!([order("a"), order("b"), order("c"), order("!")], [4, 2, 3, 3], "{heard}");
        assert!(heard.starts_with("bca"), "{heard}");
        assert!(operations.has("d") && !operations.has("a"));
        operations.remove("d");
        assert!(!operations.has("d"));
    }
}
