//! Reads that give everyone the same are run once for all who ask over HTTP at about the same time.
//!
//! An answer is given again for a second at most, and only as long as this process neither wrote anything nor heard of an
//! event: whoever changes something, or hears that it changed, reads it as it is.

use crate::{
    answer::Answer,
    document::{Judge, Judged},
    question::Question,
};
use async_graphql::{Name, Request, parser::types::OperationType};
use moka::sync::Cache;
use platform::{clock::Clock, database::Changes};
use std::{sync::Arc, time::Duration};
use tokio::sync::OnceCell;

/// Queries that give everyone the same, whoever asks.
const PUBLIC: [&str; 6] = ["dashboardSummary", "marketOverview", "posts", "searchStocks", "stock", "stocks"];
const MOST: u64 = 1024;
/// In bytes; what is larger is given only to those who wait for it already.
const LARGEST: usize = 64 * 1024;
/// In bytes; nobody asks more at the same time as others.
const LONGEST_QUESTION: usize = 16 * 1024;
const LONGEST: Duration = Duration::from_secs(1);

/// The answers of a moment; clones share them.
#[derive(Clone, Debug)]
pub struct Shared {
    answers: Cache<Asked, Arc<OnceCell<Answer>>>,
    changes: Changes,
    clock: Clock,
}

/// A question and its moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Asked {
    question: Question,
    changes: u64,
    second: i64,
}

impl Shared {
    pub fn new(changes: Changes, clock: Clock) -> Self {
        let answers = Cache::builder().max_capacity(MOST).time_to_live(LONGEST).build();
        Self { answers, changes, clock }
    }

    /// The answer to a request for what all may see, made by `run` unless it is there; `None` if not all may see the same.
    pub async fn answer<F>(
        &self,
        judge: &Judge,
        judged: &Judged,
        request: &Request,
        run: impl FnOnce(Request) -> F,
    ) -> Option<Answer>
    where
        F: Future<Output = Answer>,
    {
        let is_public = |name: &Name| PUBLIC.contains(&name.as_str());
        if judged.kind != OperationType::Query || !judged.root.iter().all(is_public) {
            return None;
        }
        let question = Question::of(request, None);
        if question.size() > LONGEST_QUESTION {
            return None;
        }
        // Before the first look at the database: what changes later makes this a question of the past.
        let asked = Asked { question, changes: self.changes.so_far(), second: self.clock.now().timestamp() };
        let answer = self.answers.get_with_by_ref(&asked, Arc::default);
        let made = answer.get_or_init(|| run(asked.question.request(judge))).await.clone();
        if !made.errors.is_empty() || made.size() > LARGEST {
            self.answers.invalidate(&asked);
        }
        Some(made)
    }
}
