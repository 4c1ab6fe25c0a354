//! Answers that a vendor lets us keep: it is asked whether they still hold, not for all of them again.

use super::VendorAnswer;
use moka::sync::Cache;
use reqwest::{
    Method, Request, StatusCode,
    header::{ETAG, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED},
};

/// Bytes of kept answers in a process.
const MOST: u64 = 16 * 1024 * 1024;
const PAIRS: [(HeaderName, HeaderName); 2] = [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)];

/// The answers that came with validators, by address.
#[derive(Clone)]
pub(super) struct Validators(Cache<String, VendorAnswer>);

impl Default for Validators {
    fn default() -> Self {
        let weigher = |address: &String, answer: &VendorAnswer| {
            u32::try_from(address.len() + answer.body.len()).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(MOST).weigher(weigher).build())
    }
}

impl Validators {
    /// Asks in `request` whether the answer that is kept still holds.
    pub(super) fn ask(&self, request: &mut Request) {
        let Some(kept) = key(request).and_then(|key| self.0.get(&key)) else { return };
        for (given, asked) in PAIRS {
            if let Some(value) = kept.headers.get(given) {
                request.headers_mut().insert(asked, value.clone());
            }
        }
    }

    /// The answer to go by: of one that has not changed, the one that is kept.
    pub(super) fn settle(&self, key: Option<String>, answer: VendorAnswer) -> VendorAnswer {
        let Some(key) = key else { return answer };
        if answer.status == StatusCode::NOT_MODIFIED {
            return self.0.get(&key).map_or(answer.clone(), |kept| VendorAnswer { at: answer.at, ..kept });
        }
        let has_validator = PAIRS.iter().any(|(given, _)| answer.headers.contains_key(given));
        if answer.status == StatusCode::OK && has_validator {
            self.0.insert(key, answer.clone());
        }
        answer
    }
}

/// The address; `None` where an answer can't be kept.
pub(super) fn key(request: &Request) -> Option<String> {
    (request.method() == Method::GET).then(|| request.url().to_string())
}

impl std::fmt::Debug for Validators {
    /// The addresses have keys in them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Validators")
    }
}
