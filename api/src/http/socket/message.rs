//! The messages of graphql-transport-ws.

use crate::http::{answer::Written, request};
use async_graphql::{Request, Response};
use serde::Serialize;
use serde_json::{Map, Value};

/// What a client says.
#[derive(Debug)]
pub enum Said {
    Init(Option<Map<String, Value>>),
    Ping(Option<Value>),
    Pong,
    Subscribe { id: String, request: Box<Request> },
    Complete { id: String },
}

/// Longer ones nobody needs, and each is kept as long as its operation.
const LONGEST_ID: usize = 128;

impl Said {
    /// `None` if it is none of the protocol's messages.
    pub fn parse(text: &str) -> Option<Self> {
        let Value::Object(mut message) = serde_json::from_str(text).ok()? else { return None };
        let payload = message.remove("payload").filter(|payload| !payload.is_null());
        let id = match message.remove("id") {
            Some(Value::String(id)) if (1..=LONGEST_ID).contains(&id.len()) => Some(id),
            _ => None,
        };
        Some(match (message.get("type")?.as_str()?, id, payload) {
            ("connection_init", _, None) => Self::Init(None),
            ("connection_init", _, Some(Value::Object(payload))) => Self::Init(Some(payload)),
            ("ping", _, payload @ (None | Some(Value::Object(_)))) => Self::Ping(payload),
            ("pong", _, None | Some(Value::Object(_))) => Self::Pong,
            ("subscribe", Some(id), Some(Value::Object(parameters))) => {
                Self::Subscribe { id, request: Box::new(request::from_parameters(parameters).ok()?) }
            }
            ("complete", Some(id), _) => Self::Complete { id },
            _ => return None,
        })
    }
}

/// What the server says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Says<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
    Next {
        id: &'a str,
        payload: Written<'a>,
    },
    Error {
        id: &'a str,
        payload: &'a [async_graphql::ServerError],
    },
    Complete {
        id: &'a str,
    },
}

impl<'a> Says<'a> {
    /// An answer: an error if nothing ran.
    pub fn answer(id: &'a str, answer: &'a Response) -> Self {
        if crate::http::answer::is_refusal(answer) {
            Self::Error { id, payload: &answer.errors }
        } else {
            Self::Next { id, payload: Written(answer) }
        }
    }

    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("a message can be written as JSON")
    }
}
