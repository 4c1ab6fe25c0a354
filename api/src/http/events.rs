//! Operations as Server-Sent Events: the protocol graphql-sse in its mode of distinct connections,
//! <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>.

use super::{Server, access, answer::NOT_STORED, sign_in::SignIn, socket::Payload};
use crate::context;
use async_graphql::{Request, parser::types::OperationType};
use axum::{
    http::request::Parts,
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::identity::Standing;
use futures_util::{StreamExt as _, future, stream};
use std::{convert::Infallible, sync::Arc, time::Duration};

/// Proxies close what is silent for longer.
const SILENCE: Duration = Duration::from_secs(12);

/// Sends each answer as it comes, then that it was the last.
pub async fn stream(server: &Arc<Server>, parts: &Parts, mut request: Request) -> Response {
    let end = end(server.clone(), parts, may_end(server, &mut request));
    let answers = match server.cohorts.answers(&server.schema, request, None).await {
        Ok(answers) => answers,
        Err(refusal) => stream::once(future::ready(Payload::encode(refusal))).boxed(),
    };
    let next = answers.map(|answer| Event::default().event("next").data(answer.to_text()));
    let complete = stream::once(future::ready(Event::default().event("complete").data("")));
    let events = next.chain(complete).take_until(end);
    let events = Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(KeepAlive::new().interval(SILENCE));
    ([NOT_STORED], events).into_response()
}

/// Whether the request goes on for as long as its sender is signed in. Others end by themselves, or are open to all, such
/// as to someone whose credential is refused.
fn may_end(server: &Server, request: &mut Request) -> bool {
    let is_known =
        context::access(request).is_some_and(|access| matches!(access.standing, Standing::Known(_)));
    is_known
        && server.schema.library.open(request).is_ok()
        && server.schema.judge.kind(request) == Some(OperationType::Subscription)
}

/// Waits for shutdown, or until the credential has ended if `watched`; clients come back, and are told so then.
fn end(server: Arc<Server>, parts: &Parts, watched: bool) -> impl Future<Output = ()> + Send + use<> {
    let bearer = access::credential(&parts.headers).filter(|_| watched);
    let mut sign_in = SignIn::new(server.clone(), access::origin(&server, parts));
    async move {
        let signed_out = async {
            sign_in.begin(bearer).await;
            sign_in.over().await;
        };
        tokio::select! {
            () = server.shutdown.cancelled() => {}
            () = signed_out => {}
        }
    }
}
