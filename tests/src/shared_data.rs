//! Real data, where there are any.

use std::path::PathBuf;

/// The file `name` of the real data; `None`, with a word on it, where `BELLWETHER_TEST_DATA` is not set.
pub fn file(name: &str) -> Option<PathBuf> {
    let Ok(folder) = std::env::var("BELLWETHER_TEST_DATA") else {
        println!("BELLWETHER_TEST_DATA is not set: no check on {name}");
        return None;
    };
    let path = PathBuf::from(folder).join(name);
    assert!(path.exists(), "{} is missing", path.display());
    Some(path)
}
