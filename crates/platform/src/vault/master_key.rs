use super::cipher::{Cipher, Key, random_key};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use std::{fmt, str::FromStr};
use zeroize::Zeroizing;

/// The key that wraps all data keys: 32 bytes, erased when dropped, written as base64.
#[derive(Clone)]
pub struct MasterKey(Key);

impl MasterKey {
    /// A new key from the system's randomness.
    pub fn generate() -> Self {
        Self(random_key())
    }

    /// Tells keys apart without telling anything about them: 16 hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        // The prefix keeps the hash from being of use anywhere else.
        let hash = Sha256::new().chain_update(b"bellwether master key\0").chain_update(*self.0).finalize();
        let (start, _) = hash.split_first_chunk().expect("a SHA-256 is longer than 8 bytes");
        format!("{:016x}", u64::from_be_bytes(*start))
    }

    /// The key as text, to be written where only its owner can read it.
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(*self.0))
    }

    pub(super) fn cipher(&self) -> Cipher {
        Cipher::new(&self.0)
    }
}

impl FromStr for MasterKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "it is not base64 of 32 bytes";
        let bytes = Zeroizing::new(STANDARD.decode(text).map_err(|_| SHAPE)?);
        let key: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| SHAPE)?;
        Ok(Self(Zeroizing::new(*key)))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.fingerprint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_being_written_and_shows_only_its_fingerprint() {
        let key = MasterKey::generate();
        let text = key.to_base64();
        let read: MasterKey = text.parse().unwrap();
        assert_eq!(read.fingerprint(), key.fingerprint());
        assert_eq!(format!("{key:?}"), format!("MasterKey({})", key.fingerprint()));
        assert_ne!(MasterKey::generate().fingerprint(), key.fingerprint());
    }

    #[test]
    fn the_fingerprint_never_changes_between_versions() {
        let key: MasterKey = STANDARD.encode([7; 32]).parse().unwrap();
        assert_eq!(key.fingerprint(), "fbb3e09c3ecc762a");
    }

    #[test]
    fn text_that_is_not_32_bytes_is_no_key() {
        for text in ["", "secret", &STANDARD.encode([7; 31]), &STANDARD.encode([7; 33])] {
            assert!(text.parse::<MasterKey>().is_err(), "{text}");
        }
    }
}
