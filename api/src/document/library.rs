//! Documents that are known by their ids: the manifest's, and what clients left here to be found again.
//!
//! Both ways a client sends an id in place of a document. What it left is kept in this process only: another one asks
//! for it again, as Apollo's protocol of automatic persisted queries provides.

use super::reader::parse;
use crate::error::ApiError;
use async_graphql::{Request, Value};
use moka::sync::Cache;
use platform::config::{Manifest, PersistedConfig, document_id};
use std::{any::TypeId, collections::HashSet, sync::Arc};

/// Of all documents that clients left, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;
/// How the GraphQL foundation's draft marks an id that is a hash.
const MARK: &str = "sha256:";

/// The id of a document, as `documentId` or `extensions.persistedQuery.sha256Hash`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentId(pub String);

/// Knows documents; clones share what clients left.
#[derive(Clone, Debug)]
pub struct Library {
    manifest: Manifest,
    /// The texts of the manifest, where no others are executed.
    only: Option<Arc<HashSet<String>>>,
    left: Cache<String, Arc<str>>,
}

impl Library {
    pub fn new(config: &PersistedConfig) -> Self {
        let manifest = config.manifest.clone().unwrap_or_default();
        for (id, text) in manifest.iter() {
            if let Err(error) = parse(text) {
                let problem = error.first().map(|error| error.message.as_str()).unwrap_or_default();
                tracing::warn!(document.id = id, problem, "A persisted operation cannot run");
            }
        }
        let texts = || manifest.iter().map(|(_, text)| text.to_owned()).collect();
        let only = config.only.then(|| Arc::new(texts()));
        let weigh = |id: &String, text: &Arc<str>| u32::try_from(id.len() + text.len()).unwrap_or(u32::MAX);
        let left = Cache::builder().max_capacity(LARGEST).weigher(weigh).build();
        Self { manifest, only, left }
    }

    /// Puts the document into a request that names it; doing so twice changes nothing.
    ///
    /// # Errors
    /// An unknown id, one of another document, or a document that is not in the manifest where it must be.
    pub fn open(&self, request: &mut Request) -> Result<(), ApiError> {
        if let Some(id) = named(request)? {
            let id = id.strip_prefix(MARK).unwrap_or(&id);
            match self.manifest.get(id) {
                Some(text) if request.query.is_empty() => text.clone_into(&mut request.query),
                Some(text) if request.query == text => {}
                Some(_) => return Err(other_document()),
                None if self.only.is_some() => {}
                None => self.find_or_keep(id, request)?,
            }
        }
        match &self.only {
            Some(texts) if !texts.contains(&request.query) => Err(ApiError::untrusted_document()),
            _ => Ok(()),
        }
    }

    fn find_or_keep(&self, id: &str, request: &mut Request) -> Result<(), ApiError> {
        if request.query.is_empty() {
            let text = self.left.get(id).ok_or_else(ApiError::persisted_query_not_found)?;
            (*text).clone_into(&mut request.query);
            return Ok(());
        }
        // A text under another's id would be run by all who send that.
        if id != document_id(&request.query) {
            return Err(other_document());
        }
        if request.query.len() <= super::text::MOST_BYTES && !self.left.contains_key(id) {
            self.left.insert(id.to_owned(), request.query.as_str().into());
        }
        Ok(())
    }
}

fn other_document() -> ApiError {
    ApiError::malformed(
        "the id is of another document: send the SHA-256 of the document's exact text, in hex",
    )
}

/// The id that a request names, if it does.
fn named(request: &Request) -> Result<Option<String>, ApiError> {
    let id = request.data.get(&TypeId::of::<DocumentId>());
    if let Some(DocumentId(id)) = id.and_then(|id| id.downcast_ref()) {
        return Ok(Some(id.clone()));
    }
    let fields = match request.extensions.0.get("persistedQuery") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(malformed()),
    };
    match (fields.get("version"), fields.get("sha256Hash")) {
        (Some(Value::Number(version)), Some(Value::String(hash))) if version.as_u64() == Some(1) => {
            Ok(Some(hash.to_ascii_lowercase()))
        }
        _ => Err(malformed()),
    }
}

fn malformed() -> ApiError {
    ApiError::malformed("`extensions.persistedQuery` must be { version: 1, sha256Hash: \"…\" }")
}
