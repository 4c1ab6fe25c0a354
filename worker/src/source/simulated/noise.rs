//! Random numbers by name instead of by order: the same key always gives the same number.

use ml::random::splitmix;
use std::f64::consts::TAU;

/// The name of a random number.
///
/// Made of integers by SplitMix64, whose constants never change, so a seed means the same market in
/// every version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(u64);

impl Key {
    pub(super) fn new(seed: u64) -> Self {
        Self(splitmix(seed))
    }

    /// The key of the part `index` of what this key names.
    pub(super) fn with(self, index: u64) -> Self {
        Self(splitmix(self.0 ^ splitmix(index)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normals_have_mean_nought_and_variance_one() {
        let numbers: Vec<f64> = (0..100_000).map(|index| Key::new(1).with(index).normal()).collect();
        let mean = numbers.iter().sum::<f64>() / 1e5;
        let variance = numbers.iter().map(|number| number * number).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.015 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
    }
}
