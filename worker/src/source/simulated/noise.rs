//! Random numbers by name instead of by order: the same key always gives the same number.

use std::f64::consts::TAU;

/// The name of a random number.
///
/// Made of integers by the finalizer of SplitMix64, whose constants never change, so a seed means the same market in
/// every version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(u64);

impl Key {
    pub(super) fn new(seed: u64) -> Self {
        Self(mixed(seed))
    }

    /// The key of the part `index` of what this key names.
    pub(super) fn with(self, index: u64) -> Self {
        Self(mixed(self.0 ^ mixed(index)))
    }

    pub(super) fn with_text(self, text: &str) -> Self {
        text.bytes().fold(self, |key, byte| key.with(u64::from(byte)))
    }

    /// Evenly spread over 0…1, without 1.
    pub(super) fn uniform(self) -> f64 {
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Standard normal, by the transform of Box and Muller.
    pub(super) fn normal(self) -> f64 {
        // 32 bits each; the half keeps the logarithm finite.
        let radius = ((self.0 >> 32) as f64 + 0.5) / (1_u64 << 32) as f64;
        let angle = (self.0 & 0xffff_ffff) as f64 / (1_u64 << 32) as f64;
        (-2.0 * radius.ln()).sqrt() * (TAU * angle).cos()
    }

    /// Evenly spread over 0…`count` − 1; 0 if `count` is 0.
    pub(super) fn index(self, count: usize) -> usize {
        let scaled = (u128::from(self.0) * count as u128) >> 64;
        usize::try_from(scaled).expect("it is below `count`")
    }

    pub(super) fn one_of<T: Copy>(self, items: &[T]) -> T {
        items[self.index(items.len())]
    }
}

/// The finalizer of SplitMix64. Source: Steele, Lea, Flood, Fast splittable pseudorandom number generators (2014).
fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixing_matches_the_published_stream() {
        // The first numbers of SplitMix64 with seed 1234567.
        assert_eq!(mixed(1_234_567), 6_457_827_717_110_365_317);
        assert_eq!(mixed(1_234_567_u64.wrapping_add(0x9e37_79b9_7f4a_7c15)), 3_203_168_211_198_807_973);
    }

    #[test]
    fn normals_have_mean_nought_and_variance_one() {
        let numbers: Vec<f64> = (0..100_000).map(|index| Key::new(1).with(index).normal()).collect();
        let mean = numbers.iter().sum::<f64>() / 1e5;
        let variance = numbers.iter().map(|number| number * number).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.015 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
    }
}
