//! What an operation answers, as it is written.

use async_graphql::{Response, ServerError, Value};
use axum::http::HeaderMap;
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::value::{RawValue, to_raw_value};
use std::{collections::BTreeMap, sync::Arc};

/// The answer to an operation: its data are written once, for however many it is.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// `None` where nothing ran.
    data: Option<Arc<RawValue>>,
    pub errors: Vec<ServerError>,
    pub extensions: BTreeMap<String, Value>,
    pub headers: HeaderMap,
}

impl Answer {
    /// Of a request that was refused before anything ran.
    pub fn refusal(errors: Vec<ServerError>) -> Self {
        Self { errors, ..Self::default() }
    }

    pub fn is_refusal(&self) -> bool {
        self.data.is_none()
    }

    /// Of the data, in bytes.
    pub fn size(&self) -> usize {
        self.data.as_ref().map_or(0, |data| data.get().len())
    }
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        let Response { data, errors, extensions, http_headers: headers, .. } = response;
        // Whatever fails later stands at a path.
        let is_refusal = data == Value::Null && errors.iter().any(|error| error.path.is_empty());
        let write = || to_raw_value(&data).expect("data can be written as JSON");
        Self { data: (!is_refusal).then(|| write().into()), errors, extensions, headers }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.errors.is_empty() {
            map.serialize_entry("errors", &self.errors)?;
        }
        if let Some(data) = &self.data {
            map.serialize_entry("data", data)?;
        }
        if !self.extensions.is_empty() {
            map.serialize_entry("extensions", &self.extensions)?;
        }
        map.end()
    }
}
