//! Operations as Server-Sent Events: the protocol graphql-sse in its mode of distinct connections,
//! <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>.

use super::{Server, access, answer::NOT_STORED, sign_in::SignIn, socket::Payload};
use async_graphql::Request;
use axum::{
    http::request::Parts,
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{StreamExt as _, future, stream};
use std::{convert::Infallible, sync::Arc, time::Duration};

/// Proxies close what is silent for longer.
const SILENCE: Duration = Duration::from_secs(12);

/// Sends each answer as it comes, then that it was the last.
pub async fn stream(server: &Arc<Server>, parts: &Parts, request: Request) -> Response {
    let answers = match server.cohorts.answers(&server.schema, request).await {
        Ok(answers) => answers,
        Err(refusal) => stream::once(future::ready(Payload::encode(refusal))).boxed(),
    };
    let next = answers.map(|answer| Event::default().event("next").data(answer.to_text()));
    let complete = stream::once(future::ready(Event::default().event("complete").data("")));
    let events = next.chain(complete).take_until(end(server.clone(), parts));
    let events = Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(KeepAlive::new().interval(SILENCE));
    ([NOT_STORED], events).into_response()
}

/// Waits for shutdown, or until whoever listens may not any more; clients come back, and are told so.
fn end(server: Arc<Server>, parts: &Parts) -> impl Future<Output = ()> + Send + use<> {
    let bearer = access::credential(&parts.headers);
    let mut sign_in = SignIn::new(server.clone(), access::origin(&server, parts));
    async move {
        sign_in.begin(bearer).await;
        tokio::select! {
            () = server.shutdown.cancelled() => {}
            () = sign_in.over() => {}
        }
    }
}
