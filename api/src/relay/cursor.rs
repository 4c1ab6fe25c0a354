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

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::scalar::Cursor;
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;
    use uuid::Uuid;

    /// As of stocks, of posts, and of events.
    fn read_all(cursor: &Cursor) {
        let _ = decode::<(String, Uuid)>("after", cursor);
        let _ = decode::<(DateTime<Utc>, Uuid)>("after", cursor);
        let _ = decode::<(i64,)>("after", cursor);
    }

    proptest! {
        #[test]
        fn a_key_comes_back_from_its_cursor(name in "[^\\x00]*", id in any::<u128>(), number in any::<i64>()) {
            let key = (name, Uuid::from_u128(id));
            prop_assert_eq!(decode::<(String, Uuid)>("after", &encode(&key)).ok(), Some(key));
            prop_assert_eq!(decode::<(i64,)>("after", &encode(&(number,))).ok(), Some((number,)));
        }

        #[test]
        fn nothing_that_is_sent_as_a_cursor_breaks_anything(text in any::<String>(), bytes in any::<Vec<u8>>(), id in any::<u128>()) {
            read_all(&Cursor(text.clone()));
            read_all(&Cursor(URL_SAFE_NO_PAD.encode(bytes)));
            // One of another list.
            let other = encode(&(text, Uuid::from_u128(id)));
            read_all(&other);
            prop_assert!(decode::<(i64,)>("after", &other).is_err());
        }
    }
}
