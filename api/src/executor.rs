//! Executes documents that were judged, within their senders' limits, and sees to it that no error leaves without a code.
//!
//! What async-graphql refuses itself (syntax, unknown fields, values of the wrong type) has none; HTTP and sockets both
//! go through here, and nowhere else.

use crate::{
    answer::Answer,
    context::access,
    document::{Judge, Judged, Library},
    error::{ApiError, ErrorCode},
    limit::{self, Limits},
    shared::Shared,
};
use async_graphql::{
    Data, ErrorExtensionValues, Executor, Name, Pos, Positioned, Request, Response, Schema, ServerError,
    Value,
    parser::{
        parse_query,
        types::{ExecutableDocument, Selection, SelectionSet},
    },
};
use axum::http::HeaderMap;
use domain::identity::Access;
use futures_util::{
    FutureExt as _, StreamExt as _, future,
    stream::{self, BoxStream},
};
use platform::limit::Decision;
use std::{collections::BTreeMap, panic::AssertUnwindSafe, sync::Arc};
use tracing::Span;

/// Who gets more wrong mends these first.
const MOST_ERRORS: usize = 8;
const LONGEST_MESSAGE: usize = 500;
/// How a value that a scalar or an enum does not accept is refused while the document runs.
const BAD_VALUE: [&str; 4] = ["Failed to parse ", "Expected input type ", "Invalid value for ", "Variable "];
/// What chrono says of a bad date is of no use to who wrote it.
const BAD_TIME: &str = "Failed to parse \"DateTime\": ";
const GOOD_TIME: &str = "write a moment in RFC 3339 with its zone, such as 2014-12-31T21:00:00Z";
/// What stands before the name of the argument or field at fault.
const BEFORE_NAME: [&str; 4] =
    ["Invalid value for argument \"", "Unknown argument \"", "Unknown field \"", "\" argument \""];

/// A schema with limits, whose every error has a code.
pub struct Coded<Q, M, S> {
    pub schema: Schema<Q, M, S>,
    pub library: Library,
    pub judge: Judge,
    pub limits: Limits,
    pub shared: Shared,
}

impl<Q, M, S> Clone for Coded<Q, M, S> {
    fn clone(&self) -> Self {
        Self {
            schema: self.schema.clone(),
            library: self.library.clone(),
            judge: self.judge.clone(),
            limits: self.limits.clone(),
            shared: self.shared.clone(),
        }
    }
}

impl<Q, M, S> std::fmt::Debug for Coded<Q, M, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Coded")
    }
}

impl<Q, M, S> Executor for Coded<Q, M, S>
where
    Schema<Q, M, S>: Executor,
    Q: 'static,
    M: 'static,
    S: 'static,
{
    async fn execute(&self, mut request: Request) -> Response {
        let grant = match self.admit(&mut request).await {
            Ok(grant) => grant,
            Err(refusal) => return refusal,
        };
        let seal = Seal::of(&request);
        let mut response = self.run(request).await;
        grant.put_on(&mut response.extensions, &mut response.http_headers);
        seal.put_on(&mut response.errors);
        response
    }

    fn execute_stream(&self, mut request: Request, _: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let this = self.clone();
        let responses = async move {
            match this.admit(&mut request).await {
                Err(refusal) => stream::once(future::ready(refusal)).boxed(),
                Ok(_) => this.stream(request),
            }
        };
        stream::once(responses).flatten().boxed()
    }
}

/// What the answer tells of a request that may be executed.
#[derive(Debug)]
pub struct Grant {
    pub judged: Judged,
    decision: Option<Decision>,
}

impl<Q, M, S> Coded<Q, M, S>
where
    Schema<Q, M, S>: Executor,
{
    /// Finds the document of a request, judges it, and takes what it costs from its sender's shares.
    ///
    /// # Errors
    /// The answer to a request that is not executed.
    pub async fn admit(&self, request: &mut Request) -> Result<Grant, Response> {
        let opened = self.library.open(request);
        let seal = Seal::of(request);
        let nobody = Access::default();
        let judged = if let Err(error) = opened {
            Err(vec![error.into()])
        } else if has_nul(request) {
            Err(vec![ApiError::malformed("no text may have the character U+0000").into()])
        } else {
            let standing = access(request).unwrap_or(&nobody).standing.clone();
            self.judge.judge(request, &standing)
        };
        let decision = self.limits.take(access(request).unwrap_or(&nobody), judged.as_ref().ok()).await;
        let refusal = decision.as_ref().and_then(limit::refusal);
        let mut response = match (refusal, judged) {
            (None, Ok(judged)) => return Ok(Grant { judged, decision }),
            (Some(error), _) => error.into(),
            (None, Err(errors)) => Response::from_errors(errors),
        };
        response.http_headers.extend(decision.iter().flat_map(limit::headers));
        seal.put_on(&mut response.errors);
        Err(response)
    }

    /// Admits and executes a request; what gives everyone the same, once for all who ask it at the same time.
    pub async fn answer(&self, mut request: Request) -> Answer {
        let grant = match self.admit(&mut request).await {
            Ok(grant) => grant,
            Err(refusal) => return refusal.into(),
        };
        let seal = Seal::of(&request);
        let run = async |request| Answer::from(self.run(request).await);
        let mut answer = match self.shared.answer(&self.judge, &grant.judged, &request, run).await {
            Some(answer) => answer,
            None => run(request).await,
        };
        grant.put_on(&mut answer.extensions, &mut answer.headers);
        seal.put_on(&mut answer.errors);
        answer
    }

    async fn run(&self, request: Request) -> Response {
        let answer = AssertUnwindSafe(Executor::execute(&self.schema, request)).catch_unwind();
        answer.await.unwrap_or_else(|_| panicked())
    }

    /// Executes a request that was admitted, in the span it came in.
    pub fn stream(&self, request: Request) -> BoxStream<'static, Response> {
        let (seal, span) = (Seal::of(&request), Span::current());
        let mut responses = AssertUnwindSafe(self.schema.execute_stream(request, None)).catch_unwind();
        let sealed = stream::poll_fn(move |context| {
            let _entered = span.enter();
            responses.poll_next_unpin(context).map(|next| {
                let mut response = next?.unwrap_or_else(|_| panicked());
                seal.put_on(&mut response.errors);
                Some(response)
            })
        });
        sealed.boxed()
    }
}

impl Grant {
    fn put_on(self, extensions: &mut BTreeMap<String, Value>, headers: &mut HeaderMap) {
        let Judged { cost, budget, .. } = self.judged;
        let tell =
            [("requested", cost), ("budget", budget)].map(|(name, value)| (Name::new(name), value.into()));
        extensions.insert("cost".to_owned(), Value::Object(tell.into_iter().collect()));
        headers.extend(self.decision.iter().flat_map(limit::headers));
    }
}

/// The answer where our code gave up: whoever sent it, and everyone else, is served on.
fn panicked() -> Response {
    metrics::counter!("bellwether_panics_total").increment(1);
    tracing::error!("A request panicked");
    ApiError::internal().into()
}

/// What every error of an answer gets.
struct Seal {
    document: String,
    trace_id: Option<String>,
}

impl Seal {
    fn of(request: &Request) -> Self {
        let trace_id = access(request).and_then(|access| access.origin.trace_id.clone());
        Self { document: request.query.clone(), trace_id }
    }

    fn put_on(&self, errors: &mut Vec<ServerError>) {
        errors.truncate(MOST_ERRORS);
        for error in errors {
            shorten(&mut error.message);
            let has_code = error.extensions.as_ref().is_some_and(|values| values.get("code").is_some());
            if !has_code {
                code(error, &self.document);
            }
            if let Some(trace_id) = &self.trace_id {
                error.extensions.get_or_insert_default().set("traceId", trace_id.clone());
            }
        }
    }
}

/// A message may quote a name from the document, which may be long.
fn shorten(message: &mut String) {
    if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
        message.truncate(end);
        message.push('…');
    }
}

/// Whether any text has a NUL, which is in no name and no word, and which PostgreSQL refuses to look for.
fn has_nul(request: &Request) -> bool {
    let has = |text: &str| text.contains("\\u0000") || text.contains('\0');
    let variables = || serde_json::to_string(&request.variables).expect("variables came as JSON");
    has(&request.query) || (!request.variables.is_empty() && has(&variables()))
}

fn code(error: &mut ServerError, document: &str) {
    let starts = |starts: &[&str]| starts.iter().any(|start| error.message.starts_with(start));
    // Without a path it failed before anything ran, so it is the document's fault.
    let code = if error.path.is_empty() || starts(&BAD_VALUE) {
        ErrorCode::BadUserInput
    } else {
        tracing::error!(error = %error.message, path = ?error.path, "Request failed");
        "internal error".clone_into(&mut error.message);
        ErrorCode::Internal
    };
    if error.message.starts_with(BAD_TIME) {
        error.message = format!("{BAD_TIME}{GOOD_TIME}");
    }
    let field = match code {
        ErrorCode::BadUserInput => named(&error.message).or_else(|| argument_at(document, &error.locations)),
        _ => None,
    };
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    extensions.set("code", code.name());
    if let Some(field) = field {
        extensions.set("field", field);
        extensions.set("issue", error.message.clone());
    }
}

/// The argument or field that the message names: `symbols` of `filter.symbols.0`.
fn named(message: &str) -> Option<String> {
    let rest = BEFORE_NAME.iter().find_map(|before| Some(message.split_once(before)?.1))?;
    let (path, _) = rest.split_once('"')?;
    let is_name = |step: &&str| !step.starts_with(|first: char| first.is_ascii_digit());
    path.rsplit('.').find(is_name).map(str::to_owned)
}

/// The argument whose value stands at the place of the error.
fn argument_at(document: &str, places: &[Pos]) -> Option<String> {
    let place = *places.first()?;
    let ExecutableDocument { operations, fragments } = parse_query(document).ok()?;
    let mut sets = operations.iter().map(|(_, operation)| &operation.node.selection_set).collect::<Vec<_>>();
    sets.extend(fragments.values().map(|fragment| &fragment.node.selection_set));
    sets.into_iter().find_map(|set| argument_in(set, place))
}

fn argument_in(set: &Positioned<SelectionSet>, place: Pos) -> Option<String> {
    set.node.items.iter().find_map(|item| match &item.node {
        Selection::Field(field) => {
            let mut arguments = field.node.arguments.iter();
            let found =
                arguments.find(|(_, value)| value.pos == place).map(|(name, _)| name.node.to_string());
            found.or_else(|| argument_in(&field.node.selection_set, place))
        }
        Selection::InlineFragment(fragment) => argument_in(&fragment.node.selection_set, place),
        Selection::FragmentSpread(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::Coded;
    use crate::{
        document::{Introspection, Judge, Library},
        limit::Limits,
        shared::Shared,
    };
    use async_graphql::{EmptyMutation, Executor as _, Object, Schema, Subscription};
    use futures_util::{Stream, StreamExt as _, stream};
    use platform::{clock::Clock, config::Config, database::Changes, limit::Limiter};

    struct Query;

    #[Object]
    impl Query {
        async fn fine(&self) -> i32 {
            1
        }

        async fn broken(&self) -> i32 {
            std::hint::black_box(None).expect("a bug")
        }
    }

    struct Events;

    #[Subscription]
    impl Events {
        async fn broken(&self) -> impl Stream<Item = i32> {
            stream::iter([1, 2]).map(|number| if number == 1 { number } else { panic!("a bug") })
        }
    }

    fn coded() -> Coded<Query, EmptyMutation, Events> {
        let schema = Schema::new(Query, EmptyMutation, Events);
        let config = Config::from_figment(figment::Figment::new()).unwrap();
        let limiter = Limiter::new(Clock::system(), None).unwrap();
        let judge = Judge::new(&schema.sdl(), Introspection::Everyone);
        let library = Library::new(&config.persisted);
        let limits = Limits::new(&limiter, config.limits);
        let shared = Shared::new(Changes::default(), Clock::system());
        Coded { schema, library, judge, limits, shared }
    }

    #[tokio::test]
    async fn who_meets_a_bug_is_told_so_and_served_on() {
        let coded = coded();
        let answer = serde_json::to_value(coded.execute("{ broken }".into()).await).unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL", "{answer}");
        assert!(!answer.to_string().contains("a bug"), "{answer}");
        let answers: Vec<_> = coded.execute_stream("subscription { broken }".into(), None).collect().await;
        assert_eq!(answers.len(), 2, "{answers:?}");
        assert_eq!(serde_json::to_value(&answers[1]).unwrap()["errors"][0]["extensions"]["code"], "INTERNAL");
        assert!(coded.execute("{ fine }".into()).await.is_ok());
    }
}
