//! The messages of graphql-transport-ws.

use crate::{answer::Answer, http::request};
use async_graphql::{Request, Response};
use axum::extract::ws::Message;
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use tokio_tungstenite::tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Data, OpCode},
};

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

/// An answer as it is written, to be shared by many.
#[derive(Clone, Debug)]
pub struct Payload {
    /// Whether nothing ran, so that nothing more comes.
    pub is_refusal: bool,
    json: Arc<str>,
}

impl Payload {
    pub fn encode(response: Response) -> Self {
        let answer = Answer::from(response);
        let is_refusal = answer.is_refusal();
        let json =
            if is_refusal { serde_json::to_string(&answer.errors) } else { serde_json::to_string(&answer) };
        Self { is_refusal, json: json.expect("an answer can be written as JSON").into() }
    }

    /// The answer as a whole.
    pub fn to_text(&self) -> String {
        if self.is_refusal { format!(r#"{{"errors":{}}}"#, self.json) } else { self.json.to_string() }
    }

    /// The message to whoever calls the operation `id`.
    pub fn to_message(&self, id: &str) -> Message {
        let kind = if self.is_refusal { "error" } else { "next" };
        Message::text(format!("{}{}}}", opening(kind, id), self.json))
    }

    /// Adds the message that has this opening, as a frame of RFC 6455.
    pub fn frame(&self, opening: &str, frames: &mut Vec<u8>) {
        let header = FrameHeader { opcode: OpCode::Data(Data::Text), ..FrameHeader::default() };
        let length = opening.len() + self.json.len() + 1;
        header.format(length as u64, frames).expect("a vector takes all");
        frames.extend_from_slice(opening.as_bytes());
        frames.extend_from_slice(self.json.as_bytes());
        frames.push(b'}');
    }
}

/// How a message to whoever calls the operation `id` begins; its payload and a brace follow.
pub fn opening(kind: &str, id: &str) -> String {
    let id = serde_json::to_string(id).expect("a string can be written as JSON");
    format!(r#"{{"type":"{kind}","id":{id},"payload":"#)
}

/// What the server says besides answers.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Says<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
    Complete {
        id: &'a str,
    },
}

impl Says<'_> {
    pub fn to_message(&self) -> Message {
        Message::text(serde_json::to_string(self).expect("a message can be written as JSON"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Payload, Said, Says};
    use async_graphql::Response;
    use axum::extract::ws::Message;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn text(message: &Message) -> Value {
        serde_json::from_str(message.to_text().unwrap()).unwrap()
    }

    #[test]
    fn messages_are_the_protocols() {
        let answer = Payload::encode(Response::new(1));
        assert_eq!(
            text(&answer.to_message("a\"b")),
            json!({ "type": "next", "id": "a\"b", "payload": { "data": 1 } })
        );
        assert_eq!(text(&Says::Complete { id: "1" }.to_message()), json!({ "type": "complete", "id": "1" }));
        assert_eq!(text(&Says::ConnectionAck.to_message()), json!({ "type": "connection_ack" }));
        assert_eq!(text(&Says::Pong { payload: None }.to_message()), json!({ "type": "pong" }));
    }

    #[test]
    fn what_is_no_message_of_the_protocol_is_not_understood() {
        for wrong in [
            "",
            "null",
            "[]",
            "1",
            "\"ping\"",
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"hello"}"#,
            r#"{"type":"connection_init","payload":1}"#,
            r#"{"type":"ping","payload":[]}"#,
            r#"{"type":"subscribe"}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
            r#"{"type":"subscribe","id":"1","payload":{}}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"next","id":"1","payload":{}}"#,
        ] {
            assert!(Said::parse(wrong).is_none(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_said_breaks_the_socket(junk in any::<String>(), id in any::<String>()) {
            let _ = Said::parse(&junk);
            for kind in ["connection_init", "ping", "pong", "subscribe", "complete"] {
                for payload in [json!(junk), json!({ "query": junk }), json!({ junk.clone(): junk }), json!([junk])] {
                    let _ = Said::parse(&json!({ "type": kind, "id": id, "payload": payload }).to_string());
                }
            }
            prop_assert_eq!(&text(&Payload::encode(Response::new(1)).to_message(&id))["id"], &json!(id));
        }
    }
}
