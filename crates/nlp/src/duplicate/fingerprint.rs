use super::word;
use ml::random::splitmix_at;

/// Rows of a band, which all must agree for two texts to be compared at all.
const ROWS: usize = 3;
const BANDS: usize = 10;
/// Independent minima of a fingerprint.
const MINIMA: usize = ROWS * BANDS;

/// Share of equal minima from which on two texts are near-copies.
///
/// Three words of twenty changed leave 17 of 23 words, or 0.74, in common; unrelated tweets share below 0.3. Lower,
/// and posts on one subject begin to chain ("price target raised to …"); higher, and copies are missed.
pub const NEAR: f64 = 0.6;

/// Distinct words below which texts agree by chance: "Buy $X now".
const FEWEST_WORDS: usize = 5;

/// A MinHash of the words of a text: 30 minima of 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    minima: [u16; MINIMA],
}

/// The fingerprint of a cleaned `text`, or `None` if it has fewer than five different words.
///
/// Case, punctuation, URLs and user names do not count; all numbers are one word, and all cashtags another.
pub fn fingerprint(text: &str) -> Option<Fingerprint> {
    let mut lowest = [u64::MAX; MINIMA];
    let mut few = Few::default();
    for word in word::hashes(text) {
        few.add(word);
        for (function, lowest) in lowest.iter_mut().enumerate() {
            *lowest = (*lowest).min(hashed(word, function));
        }
    }
    few.is_full().then(|| Fingerprint { minima: lowest.map(low_bits) })
}

impl Fingerprint {
    /// The length of [`Fingerprint::to_bytes`].
    pub const BYTES: usize = MINIMA * 2;

    /// Estimates which share of the words of both texts they have in common (Jaccard), 0–1, ± 0.09.
    pub fn similarity(&self, other: &Self) -> f64 {
        let equal = self.minima.iter().zip(&other.minima).filter(|(left, right)| left == right).count();
        equal as f64 / MINIMA as f64
    }

    /// Whether the texts are near-copies.
    pub fn is_near(&self, other: &Self) -> bool {
        self.similarity(other) >= NEAR
    }

    /// Keys to look candidates up by: two texts share at least one with a probability of 0.99 at a
    /// similarity of 0.74, and of 0.08 at 0.2.
    ///
    /// A key depends on the number of its band, so that all can stand in one column.
    pub fn bands(&self) -> [u32; BANDS] {
        let mut bands = [0; BANDS];
        for ((number, band), rows) in (0..).zip(&mut bands).zip(self.minima.chunks_exact(ROWS)) {
            let joined = rows.iter().fold(number, |joined, row| joined << 16 | u64::from(*row));
            *band = u32::from(low_bits(hashed(joined, 0))) << 16 | u32::from(low_bits(hashed(joined, 1)));
        }
        bands
    }

    /// The form to store, little-endian.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        for (pair, minimum) in bytes.chunks_exact_mut(2).zip(self.minima) {
            pair.copy_from_slice(&minimum.to_le_bytes());
        }
        bytes
    }

    /// Reads the stored form.
    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let mut minima = [0; MINIMA];
        for (minimum, pair) in minima.iter_mut().zip(bytes.chunks_exact(2)) {
            *minimum = u16::from_le_bytes([pair[0], pair[1]]);
        }
        Self { minima }
    }
}

/// Counts different words, up to as many as a fingerprint needs.
#[derive(Default)]
struct Few {
    words: [u64; FEWEST_WORDS],
    count: usize,
}

impl Few {
    fn add(&mut self, word: u64) {
        if !self.is_full() && !self.words[..self.count].contains(&word) {
            self.words[self.count] = word;
            self.count += 1;
        }
    }

    fn is_full(&self) -> bool {
        self.count == FEWEST_WORDS
    }
}

/// The hash function of that number.
fn hashed(word: u64, function: usize) -> u64 {
    splitmix_at(word, function as u64 + 1)
}

/// The low bits of a minimum are as good as random, where its high bits are nearly always zero.
fn low_bits(hash: u64) -> u16 {
    let [low, high, ..] = hash.to_le_bytes();
    u16::from_le_bytes([low, high])
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, fingerprint};

    /// Fingerprints are stored: they must be the same in each build and on each machine.
    #[test]
    fn fingerprints_are_stable() {
        let print = fingerprint("Apple beats estimates as services grow 12 % again").expect("is long enough");
        assert_eq!(print.bands()[..2], [942_721_773, 922_584_247]);
        assert_eq!(Fingerprint::from_bytes(&print.to_bytes()), print);
    }
}
