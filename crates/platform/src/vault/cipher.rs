//! XChaCha20-Poly1305, whose nonces are long enough to be drawn at random.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Generate as _, Payload},
};
use zeroize::Zeroizing;

const NONCE: usize = 24;

/// The bytes of a key, erased when dropped.
pub(super) type Key = Zeroizing<[u8; 32]>;

/// A key from the system's randomness.
pub(super) fn random_key() -> Key {
    Zeroizing::new(chacha20poly1305::Key::generate().into())
}

/// Encrypts and authenticates under one key.
pub(super) struct Cipher(XChaCha20Poly1305);

impl Cipher {
    pub(super) fn new(key: &Key) -> Self {
        Self(XChaCha20Poly1305::new((&**key).into()))
    }

    /// `base64url(nonce || ciphertext)`, bound to `context`.
    pub(super) fn seal(&self, context: &str, plaintext: &[u8]) -> String {
        let nonce = XNonce::generate();
        let payload = Payload { msg: plaintext, aad: context.as_bytes() };
        let ciphertext = self.0.encrypt(&nonce, payload).expect("a secret is shorter than 256 GiB");
        URL_SAFE_NO_PAD.encode([nonce.as_slice(), &ciphertext].concat())
    }

    /// The plaintext; `None` if `text` was not sealed with this key for this context.
    pub(super) fn open(&self, context: &str, text: &str) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: ciphertext, aad: context.as_bytes() };
        self.0.decrypt(nonce.into(), payload).ok().map(Zeroizing::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Appendix A.3.1 of draft-irtf-cfrg-xchacha-03.
    #[test]
    fn the_cipher_is_the_one_of_the_draft() {
        let key: [u8; 32] = std::array::from_fn(|index| 0x80 + u8::try_from(index).unwrap());
        let nonce: [u8; 24] = std::array::from_fn(|index| 0x40 + u8::try_from(index).unwrap());
        let aad = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let plaintext =
            b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
            sunscreen would be it.";
        let cipher = XChaCha20Poly1305::new((&key).into());
        let sealed = cipher.encrypt((&nonce).into(), Payload { msg: plaintext, aad: &aad }).unwrap();
        let (start, tag) = (sealed.first_chunk().unwrap(), sealed.last_chunk().unwrap());
        assert_eq!(u128::from_be_bytes(*start), 0xbd6d_179d_3e83_d43b_9576_5794_93c0_e939);
        assert_eq!(u128::from_be_bytes(*tag), 0xc087_5924_c1c7_9879_47de_afd8_780a_cf49);
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_and_a_changed_character_does_not(
            plaintext: Vec<u8>,
            context in ".{0,20}",
            place: prop::sample::Index,
        ) {
            let cipher = Cipher::new(&random_key());
            let sealed = cipher.seal(&context, &plaintext);
            prop_assert_eq!(cipher.open(&context, &sealed).unwrap().to_vec(), plaintext);
            let other = context.clone() + "!";
            prop_assert!(cipher.open(&other, &sealed).is_none());
            let mut changed = sealed.into_bytes();
            let place = place.index(changed.len());
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            prop_assert!(cipher.open(&context, std::str::from_utf8(&changed).unwrap()).is_none());
        }
    }
}
