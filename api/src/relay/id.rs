//! Global ids: which type, which row; opaque to clients.

use crate::error::{ApiError, Result};
use async_graphql::ID;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// The types that have a global id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeKind {
    Stock,
    Post,
    SentimentRecord,
    Job,
    Model,
    Prediction,
}

/// A row of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GlobalId {
    pub kind: NodeKind,
    pub id: Uuid,
}

const KINDS: [(NodeKind, &str); 6] = [
    (NodeKind::Stock, "Stock"),
    (NodeKind::Post, "Post"),
    (NodeKind::SentimentRecord, "SentimentRecord"),
    (NodeKind::Job, "Job"),
    (NodeKind::Model, "Model"),
    (NodeKind::Prediction, "Prediction"),
];

impl GlobalId {
    pub fn new(kind: NodeKind, id: Uuid) -> Self {
        Self { kind, id }
    }

    pub fn encode(self) -> ID {
        let name = KINDS.iter().find(|(kind, _)| *kind == self.kind).expect("every kind is listed").1;
        URL_SAFE_NO_PAD.encode(format!("{name}:{}", self.id.simple())).into()
    }

    /// Reads the id given as argument `field`.
    pub fn decode(field: &str, id: &ID) -> Result<Self> {
        Self::parse(id).ok_or_else(|| {
            ApiError::input(field, "not an id of this API: use the `id` that a query returned")
        })
    }

    fn parse(id: &ID) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_str()).ok()?).ok()?;
        let (name, id) = text.split_once(':')?;
        let kind = KINDS.iter().find(|(_, kind)| *kind == name)?.0;
        Some(Self { kind, id: Uuid::parse_str(id).ok()? })
    }
}
