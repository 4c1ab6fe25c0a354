//! Fnv-1a with 128 bits: stable across versions and machines, as ids must be.

const OFFSET_BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// The fingerprint of `parts`; ("ab", "c") and ("a", "bc") differ.
///
/// Source: Fowler, Noll, Vo, Eastlake, The FNV Non-Cryptographic Hash Algorithm (RFC 9923).
pub(in crate::source) fn fingerprint(parts: &[&[u8]]) -> u128 {
    parts.iter().enumerate().fold(OFFSET_BASIS, |hash, (index, part)| {
        // No text has the byte 0xff in it, so it separates the parts.
        let hash = if index == 0 { hash } else { step(hash, 0xff) };
        part.iter().fold(hash, |hash, byte| step(hash, *byte))
    })
}

fn step(hash: u128, byte: u8) -> u128 {
    (hash ^ u128::from(byte)).wrapping_mul(PRIME)
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn fingerprints_match_the_published_vectors() {
        assert_eq!(fingerprint(&[b""]), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        assert_eq!(fingerprint(&[b"a"]), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
        assert_eq!(fingerprint(&[b"foobar"]), 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18);
    }

    #[test]
    fn the_border_between_parts_counts() {
        assert_ne!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"a", b"bc"]));
    }
}
