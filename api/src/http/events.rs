//! Operations as Server-Sent Events: the protocol graphql-sse in its mode of distinct connections,
//! <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>.

use super::{Server, answer::NOT_STORED};
use crate::answer::Answer;
use async_graphql::{Executor as _, Request};
use axum::response::{
    IntoResponse as _, Response,
    sse::{Event, KeepAlive, Sse},
};
use futures_util::{StreamExt as _, future, stream};
use std::{convert::Infallible, time::Duration};

/// Proxies close what is silent for longer.
const SILENCE: Duration = Duration::from_secs(12);

/// Sends each result as it comes, then that it was the last.
pub fn stream(server: &Server, request: Request) -> Response {
    let results = server.schema.execute_stream(request, None);
    let next = results.map(|answer| {
        let data = serde_json::to_string(&Answer::from(answer)).expect("an answer can be written as JSON");
        Event::default().event("next").data(data)
    });
    let complete = stream::once(future::ready(Event::default().event("complete").data("")));
    let events = next.chain(complete).take_until(server.shutdown.clone().cancelled_owned());
    let events = Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(KeepAlive::new().interval(SILENCE));
    ([NOT_STORED], events).into_response()
}
