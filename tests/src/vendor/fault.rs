//! Ways to fail on the way.

use super::Shared;
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures_util::{StreamExt as _, stream};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::Value;
use std::{
    collections::{HashMap, VecDeque},
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

/// One way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// None, this time.
    Pass,
    Html,
    HalfJson,
    /// Texts where numbers belong, and the reverse.
    WrongTypes,
    NullInArrays,
    Nothing,
    /// Status 429, with so many seconds to wait.
    Limited(Option<u64>),
    Server(u16),
    /// Back to the same address, for ever.
    Redirect,
    /// 100 MB.
    Huge,
    /// One byte every now and then.
    Drip,
    HangUp,
}

const ALL: [Fault; 11] = [
    Fault::Html,
    Fault::HalfJson,
    Fault::WrongTypes,
    Fault::NullInArrays,
    Fault::Nothing,
    Fault::Limited(Some(3)),
    Fault::Server(500),
    Fault::Redirect,
    Fault::Huge,
    Fault::Drip,
    Fault::HangUp,
];

impl Fault {
    /// All of them but none.
    pub const ALL: [Self; 11] = ALL;
}

/// Failures at random.
#[derive(Debug)]
pub struct Chaos {
    random: StdRng,
    /// The share of requests that fail.
    share: f64,
}

impl Chaos {
    pub fn new(seed: u64, share: f64) -> Self {
        Self { random: StdRng::seed_from_u64(seed), share }
    }

    fn next(&mut self) -> Option<Fault> {
        let fails = self.random.random_range(0.0..1.0) < self.share;
        fails.then(|| ALL[self.random.random_range(0..ALL.len())])
    }
}

#[derive(Debug, Default)]
pub(super) struct Faults {
    queues: Mutex<HashMap<String, VecDeque<Fault>>>,
    chaos: Mutex<Option<Chaos>>,
}

impl Faults {
    pub(super) fn queue(&self, vendor: &str, faults: impl IntoIterator<Item = Fault>) {
        self.queues.lock().unwrap().entry(vendor.to_owned()).or_default().extend(faults);
    }

    pub(super) fn clear(&self, vendor: &str) {
        self.queues.lock().unwrap().remove(vendor);
    }

    pub(super) fn rage(&self, chaos: Option<Chaos>) {
        *self.chaos.lock().unwrap() = chaos;
    }

    fn next(&self, vendor: &str) -> Option<Fault> {
        let queued = self.queues.lock().unwrap().get_mut(vendor).and_then(VecDeque::pop_front);
        queued.or_else(|| self.chaos.lock().unwrap().as_mut()?.next())
    }
}

/// Notes a request, and spoils its answer if that is its turn.
pub(super) async fn inject(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let uri = request.uri().to_string();
    let vendor = uri.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default().to_owned();
    shared.calls.lock().unwrap().push(uri.clone());
    let Some(fault) = shared.faults.next(&vendor) else { return next.run(request).await };
    spoil(fault, &uri, next.run(request).await).await
}

async fn spoil(fault: Fault, uri: &str, good: Response) -> Response {
    if fault == Fault::Pass {
        return good;
    }
    let body = async || to_bytes(good.into_body(), usize::MAX).await.unwrap();
    match fault {
        Fault::Pass => unreachable!("it has returned"),
        Fault::Html => "<html>Hello, human</html>".into_response(),
        Fault::HalfJson => {
            let body = body().await;
            body.slice(..body.len() / 2).into_response()
        }
        Fault::WrongTypes => changed(&body().await, &swap),
        Fault::NullInArrays => changed(&body().await, &with_null),
        Fault::Nothing => Bytes::new().into_response(),
        Fault::Limited(seconds) => {
            let mut answer = (StatusCode::TOO_MANY_REQUESTS, "Too Many Requests").into_response();
            if let Some(seconds) = seconds {
                answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            answer
        }
        Fault::Server(status) => (StatusCode::from_u16(status).unwrap(), "<html>down</html>").into_response(),
        Fault::Redirect => (StatusCode::FOUND, [(header::LOCATION, uri.to_owned())]).into_response(),
        Fault::Huge => {
            let chunk = Bytes::from(vec![b' '; 1_000_000]);
            Body::from_stream(stream::repeat(chunk).take(100).map(Ok::<_, io::Error>)).into_response()
        }
        Fault::Drip => {
            let drops = stream::repeat(Bytes::from_static(b" ")).then(async |drop| {
                tokio::time::sleep(Duration::from_millis(50)).await;
                Ok::<_, io::Error>(drop)
            });
            Body::from_stream(drops).into_response()
        }
        Fault::HangUp => {
            let part = Ok(body().await.slice(..1));
            Body::from_stream(stream::iter([part, Err(io::Error::other("gone"))])).into_response()
        }
    }
}

fn changed(body: &Bytes, change: &dyn Fn(Value) -> Value) -> Response {
    let value = serde_json::from_slice(body).map(change);
    value.map_or_else(|_| "<html>".into_response(), |value| axum::Json(value).into_response())
}

fn swap(value: Value) -> Value {
    match value {
        Value::String(_) => Value::from(7),
        Value::Number(number) => Value::from(format!("a {number}")),
        Value::Array(items) => items.into_iter().map(swap).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, swap(value))).collect(),
        other => other,
    }
}

/// A null at the end of each array; without arrays everything is null.
fn with_null(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(with_null).chain([Value::Null]).collect(),
        Value::Object(fields) if fields.values().any(|value| value.is_array() || value.is_object()) => {
            fields.into_iter().map(|(name, value)| (name, with_null(value))).collect()
        }
        Value::Object(fields) => fields.into_iter().map(|(name, _)| (name, Value::Null)).collect(),
        other => other,
    }
}
