//! One execution for all clients that subscribe to the same: its answers are encoded once and shared.
//!
//! Of state, such as quotes, a cohort keeps the newest answer of each key: who joins gets them at once, and who is slow
//! misses steps, never the end. Of history it keeps the last few answers. Who missed more, by a cursor from before or by
//! being slow, gets it from an execution of its own, and joins the cohort where it has caught up: nobody misses
//! anything, no buffer grows, and a slow socket costs the others nothing.

use super::{
    board::{Board, Progress},
    message::Payload,
    row::{Call, Rows, Seat},
};
use crate::{
    document,
    marked::{LastMark, Mark, Resume},
    question::Question,
    schema::Schema,
};
use async_graphql::{Request, Response, parser::types::OperationType};
use futures_util::{
    Stream, StreamExt as _,
    stream::{self, BoxStream},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

/// Subscriptions that give everyone the same, whoever asks.
const SHARED: [&str; 3] = ["marketUpdated", "quoteUpdated", "sentimentUpdated"];
/// The argument by which a history is resumed.
const AFTER: &str = "after";

/// The cohorts of a process; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Cohorts(Arc<Mutex<HashMap<Question, Weak<Cohort>>>>);

/// One execution.
#[derive(Debug)]
struct Cohort {
    schema: Schema,
    question: Question,
    board: Arc<Board>,
    rows: Rows,
    _execution: AbortOnDropHandle<()>,
}

impl Cohorts {
    /// What an operation answers, or why it does not run. With a `call`, answers that many get may be sent to it without
    /// passing through here.
    pub async fn answers(
        &self,
        schema: &Schema,
        mut request: Request,
        call: Option<Call>,
    ) -> Result<BoxStream<'static, Payload>, Response> {
        let grant = schema.admit(&mut request).await?;
        if let (OperationType::Subscription, [root]) = (grant.judged.kind, grant.judged.root.as_slice())
            && let Some(shared) = self.join(schema, root, &mut request, call)
        {
            return Ok(shared);
        }
        Ok(schema.stream(request).map(Payload::encode).boxed())
    }

    /// The answers to a subscription to `root`, shared with all who ask the same; `None` if not all may see the same.
    fn join(
        &self,
        schema: &Schema,
        root: &str,
        request: &mut Request,
        call: Option<Call>,
    ) -> Option<BoxStream<'static, Payload>> {
        if !SHARED.contains(&root) {
            return None;
        }
        let after = document::root_argument(request, AFTER);
        let begins_now = match &after {
            None => true,
            // A cursor within the document is nobody else's.
            Some(document::Argument::Value) => return None,
            Some(document::Argument::Variable(name)) => {
                request.variables.get(name).is_none_or(|value| *value == async_graphql::Value::Null)
            }
        };
        let after = after.and_then(document::Argument::into_variable);
        let cohort = self.find_or_start(schema, Question::of(request, after.as_deref()));
        let (mode, progress) = if begins_now {
            (Mode::Shared(cohort.board.changes()), cohort.board.beginning())
        } else {
            (Mode::own(schema, take(request)), Progress::default())
        };
        Some(Follower { cohort, call, mode, progress }.into_stream().boxed())
    }

    fn find_or_start(&self, schema: &Schema, question: Question) -> Arc<Cohort> {
        let mut cohorts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let running = cohorts.get(&question).and_then(Weak::upgrade).filter(|cohort| !cohort.board.is_over());
        running.unwrap_or_else(|| {
            cohorts.retain(|_, cohort| cohort.strong_count() > 0);
            let cohort = Arc::new(Cohort::start(schema, question.clone()));
            cohorts.insert(question, Arc::downgrade(&cohort));
            cohort
        })
    }
}

impl Cohort {
    fn start(schema: &Schema, question: Question) -> Self {
        let board = Arc::new(Board::default());
        let answers = marked(schema, question.request(&schema.judge).data(Resume::Now));
        let execution = AbortOnDropHandle::new(tokio::spawn(execute(answers, board.clone())));
        Self { schema: schema.clone(), question, board, rows: Rows::default(), _execution: execution }
    }
}

async fn execute(mut answers: impl Stream<Item = (Option<Mark>, Payload)> + Unpin, board: Arc<Board>) {
    while let Some((mark, payload)) = answers.next().await {
        board.put(mark, payload);
    }
    board.end();
}

/// The answers to a request, each with its mark.
fn marked(schema: &Schema, request: Request) -> BoxStream<'static, (Option<Mark>, Payload)> {
    let last = LastMark::default();
    let answers = schema.stream(request.data(last.clone()));
    answers.map(move |answer: Response| (last.take(), Payload::encode(answer))).boxed()
}

/// Where a follower gets its answers.
enum Mode {
    /// From the board.
    Shared(watch::Receiver<u64>),
    /// From the row's writer, which sends them itself.
    Seated(Seat),
    /// From an execution of its own.
    Own(BoxStream<'static, (Option<Mark>, Payload)>),
    Over,
}

impl Mode {
    fn own(schema: &Schema, request: Request) -> Self {
        Self::Own(marked(schema, request))
    }
}

fn take(request: &mut Request) -> Request {
    std::mem::replace(request, Request::new(String::new()))
}

struct Follower {
    cohort: Arc<Cohort>,
    /// Who has none never sits.
    call: Option<Call>,
    mode: Mode,
    progress: Progress,
}

impl Follower {
    fn into_stream(self) -> impl Stream<Item = Payload> + Send {
        let batches = stream::unfold(self, |mut follower| async {
            let payloads = follower.next().await?;
            Some((stream::iter(payloads), follower))
        });
        batches.flatten()
    }

    /// Waits for more; `None` after the last.
    async fn next(&mut self) -> Option<Vec<Payload>> {
        loop {
            match &mut self.mode {
                Mode::Over => return None,
                Mode::Own(answers) => {
                    let Some((mark, payload)) = answers.next().await else {
                        self.mode = Mode::Over;
                        continue;
                    };
                    if let Some(Mark::History(sequence)) = mark {
                        self.rejoin(sequence);
                    }
                    return Some(vec![payload]);
                }
                Mode::Seated(seat) => {
                    self.progress = seat.left().await?;
                    self.mode = Mode::Shared(self.cohort.board.changes());
                }
                Mode::Shared(changes) => {
                    let Cohort { board, rows, .. } = &*self.cohort;
                    let seat = self.call.as_ref().and_then(|call| rows.take(board, call, self.progress));
                    if let Some(seat) = seat {
                        self.mode = Mode::Seated(seat);
                        continue;
                    }
                    // The board, and with it the sender, lives as long as this.
                    changes.changed().await.ok()?;
                    let Some((entries, is_over)) = board.after(self.progress.number) else {
                        self.part();
                        continue;
                    };
                    self.progress.advance(&entries);
                    if is_over {
                        self.mode = Mode::Over;
                    }
                    return Some(entries.into_iter().map(|entry| entry.payload).collect());
                }
            }
        }
    }

    /// Goes on with the cohort if it has what comes next.
    fn rejoin(&mut self, sequence: i64) {
        self.progress.sequence = Some(sequence);
        let board = &self.cohort.board;
        let changes = board.changes();
        if let Some(number) = board.number_of(sequence) {
            self.progress.number = number;
            self.mode = Mode::Shared(changes);
        }
    }

    /// Goes on alone: the board has lost what comes next.
    fn part(&mut self) {
        let Cohort { schema, question, board, .. } = &*self.cohort;
        let last = self.progress.sequence.or_else(|| board.before_first());
        let resume = last.map_or(Resume::Now, Resume::After);
        self.mode = Mode::own(schema, question.request(&schema.judge).data(resume));
    }
}
