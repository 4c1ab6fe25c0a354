//! Cursors: the sort key of a row, opaque to clients.

use crate::{
    error::{ApiError, Result},
    scalar::Cursor,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

/// The cursor of `key`.
pub fn encode(key: &impl Serialize) -> Cursor {
    Cursor(URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).expect("a key is plain data")))
}

/// The key of the cursor given as argument `field`.
pub fn decode<K: DeserializeOwned>(field: &str, cursor: &Cursor) -> Result<K> {
    // A NUL is in no key, and no database looks for it.
    let is_ours = |bytes: &Vec<u8>| !bytes.windows(6).any(|escape| escape == b"\\u0000");
    let bytes = URL_SAFE_NO_PAD.decode(&cursor.0).ok().filter(is_ours);
    bytes
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| ApiError::input(field, "not a cursor of this list: use one that this field returned"))
}
