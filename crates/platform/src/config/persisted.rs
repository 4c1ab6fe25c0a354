use super::reader::Reader;
use crate::hex;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::{collections::HashMap, fs, sync::Arc};

const OPERATIONS: &str = "persisted_operations";
const LONGEST_ID: usize = 128;

/// Documents that the server knows before any client sends them.
#[derive(Clone, Debug, Default)]
pub struct PersistedConfig {
    pub manifest: Option<Manifest>,
    /// Whether no other documents are executed.
    pub only: bool,
}

/// Documents by their ids, which are the SHA-256 of their texts unless a client's compiler says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest(Arc<HashMap<String, String>>);

/// A manifest as clients' compilers write it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    /// Apollo's `generate-persisted-query-manifest`.
    Apollo { format: String, operations: Vec<Operation> },
    /// relay-compiler, and the client preset of GraphQL Code Generator.
    Plain(HashMap<String, String>),
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    body: String,
}

impl PersistedConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let file: Option<String> = reader.optional(OPERATIONS);
        let only = reader.choice("persisted_operations_only", &[("true", true), ("false", false)]);
        if only && file.is_none() {
            reader.missing(OPERATIONS);
        }
        let manifest = file.and_then(|file| {
            let text = fs::read_to_string(&file).map_err(|error| format!("it can't be read: {error}"));
            let manifest = text.and_then(|text| Manifest::parse(&text));
            manifest.map_err(|problem| reader.unusable(OPERATIONS, &file, &problem)).ok()
        });
        Self { manifest, only }
    }
}

impl Manifest {
    /// # Errors
    /// What to mend in it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let written = serde_json::from_str(text).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => {
                "it is neither an object of documents by their SHA-256 nor Apollo's manifest".to_owned()
            }
            _ => format!("it is not JSON: {error}"),
        })?;
        let documents: Vec<(String, String)> = match written {
            Written::Plain(documents) => documents.into_iter().collect(),
            Written::Apollo { format, operations } if format == "apollo-persisted-query-manifest" => {
                operations.into_iter().map(|operation| (operation.id, operation.body)).collect()
            }
            Written::Apollo { format, .. } => return Err(format!("its format {format:?} is not known")),
        };
        let mut known = HashMap::with_capacity(documents.len());
        for (id, document) in documents {
            check(&id, &document)?;
            if known.insert(id.clone(), document).is_some() {
                return Err(format!("it has {id} twice"));
            }
        }
        if known.is_empty() { Err("it has no document".to_owned()) } else { Ok(Self(Arc::new(known))) }
    }

    pub fn get(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }

    /// All documents with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(id, document)| (id.as_str(), document.as_str()))
    }
}

/// The id under which clients know a document: the SHA-256 of its text in hex.
pub fn document_id(document: &str) -> String {
    hex(&Sha256::digest(document))
}

fn check(id: &str, document: &str) -> Result<(), String> {
    if id.is_empty() || id.len() > LONGEST_ID {
        return Err(format!("the id of {:?} has not 1 to {LONGEST_ID} characters", beginning(document)));
    }
    if document.trim().is_empty() {
        return Err(format!("the document {id} is empty"));
    }
    // Whatever else it is, such as relay-compiler's MD5, is a name like any other.
    let is_sha256 = id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_sha256 && !id.eq_ignore_ascii_case(&document_id(document)) {
        return Err(format!("{id} is not the SHA-256 of its document {:?}", beginning(document)));
    }
    Ok(())
}

fn beginning(document: &str) -> String {
    document.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::load, Manifest, document_id};

    const DOCUMENT: &str = "{ __typename }";

    fn problem(text: &str) -> String {
        Manifest::parse(text).unwrap_err()
    }

    #[test]
    fn manifests_of_relay_codegen_and_apollo_are_read() {
        let id = document_id(DOCUMENT);
        assert_eq!(id, "7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b");
        let plain = format!(r#"{{ "{id}": "{DOCUMENT}", "md5": "{{ a }}" }}"#);
        let plain = Manifest::parse(&plain).unwrap();
        assert_eq!((plain.get(&id), plain.get("md5"), plain.get("")), (Some(DOCUMENT), Some("{ a }"), None));
        let apollo = format!(
            r#"{{ "format": "apollo-persisted-query-manifest", "version": 1,
                  "operations": [{{ "id": "{id}", "name": "A", "type": "query", "body": "{DOCUMENT}" }}] }}"#
        );
        assert_eq!(Manifest::parse(&apollo).unwrap().get(&id), Some(DOCUMENT));
    }

    #[test]
    fn what_is_wrong_with_a_manifest_is_said() {
        let wrong = "0".repeat(64);
        for (text, part) in [
            ("{", "not JSON"),
            ("[]", "neither"),
            (r#"{ "a": 1 }"#, "neither"),
            ("{}", "no document"),
            (r#"{ "a": " " }"#, "the document a is empty"),
            (r#"{ "": "{ a }" }"#, "the id of \"{ a }\""),
            (&format!(r#"{{ "{wrong}": "{{ a }}" }}"#), "is not the SHA-256 of its document \"{ a }\""),
            (r#"{ "format": "x", "operations": [] }"#, "format \"x\""),
            (
                r#"{ "format": "apollo-persisted-query-manifest",
                     "operations": [{ "id": "a", "body": "{ a }" }, { "id": "a", "body": "{ b }" }] }"#,
                "a twice",
            ),
        ] {
            assert!(problem(text).contains(part), "{text}: {}", problem(text));
        }
    }

    #[test]
    fn a_file_that_is_absent_or_wrong_is_a_problem_like_others() {
        let report = load("persisted_operations = 'nowhere.json'\nlisten = 'nowhere'").unwrap_err();
        assert!(
            report.starts_with("2 settings") && report.contains("BELLWETHER_PERSISTED_OPERATIONS is"),
            "{report}"
        );
        assert!(report.contains("\"nowhere.json\": it can't be read"), "{report}");
        let report = load("persisted_operations_only = true").unwrap_err();
        assert!(report.contains("BELLWETHER_PERSISTED_OPERATIONS is \"\": write"), "{report}");
        assert!(load("").unwrap().persisted.manifest.is_none());
    }
}
