//! By what a model knows texts again that it was trained on: what it knows proves nothing about it.

use sha2::{Digest as _, Sha256};

/// The beginning of the text's checksum; of a million texts two in ten thousand share one with another.
pub(super) fn fingerprint(text: &str) -> u32 {
    let digest: [u8; 32] = Sha256::digest(text).into();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// Those of all `texts`, sorted.
pub(super) fn fingerprints(texts: &[&str]) -> Vec<u32> {
    let mut found: Vec<u32> = texts.iter().map(|text| fingerprint(text)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// As they stand in a file.
pub(super) fn write(fingerprints: &[u32]) -> String {
    fingerprints.iter().map(|fingerprint| format!("{fingerprint:08x}")).collect::<Vec<_>>().join(" ")
}

/// `None` where that is no sorted list.
pub(super) fn read(text: &str) -> Option<Vec<u32>> {
    let found: Result<Vec<u32>, _> = text.split(' ').map(|digits| u32::from_str_radix(digits, 16)).collect();
    found.ok().filter(|found| found.is_sorted())
}

#[cfg(test)]
mod tests {
    use super::{fingerprint, fingerprints, read, write};

    #[test]
    fn texts_are_known_again_from_a_file() {
        let found = fingerprints(&["up", "down", "up", ""]);
        assert_eq!(found.len(), 3);
        assert_eq!(read(&write(&found)), Some(found.clone()));
        assert!(found.binary_search(&fingerprint("down")).is_ok());
        assert!(found.binary_search(&fingerprint("Down")).is_err());
        assert_eq!((read(""), read("00000002 00000001"), read("up")), (None, None, None));
    }
}
