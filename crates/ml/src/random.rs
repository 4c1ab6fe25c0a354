//! Numbers that look random and are the same everywhere.

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The number after `state` of SplitMix64: any change of the state changes about half of its bits.
///
/// Source: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators".
pub const fn splitmix(state: u64) -> u64 {
    finalize(state.wrapping_add(GOLDEN))
}

/// The number of SplitMix64 that comes `steps` further.
pub const fn splitmix_at(state: u64, steps: u64) -> u64 {
    finalize(state.wrapping_add(GOLDEN.wrapping_mul(steps)))
}

/// The generator's finaliser alone, for hashes that were mixed somewhat already.
pub const fn finalize(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A number from 0 to below 1, by as many of the bits as a double holds.
pub fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// Numbers that look random, one after the other.
#[derive(Clone, Debug)]
pub struct Stream {
    seed: u64,
    step: u64,
}

impl Stream {
    pub fn new(seed: u64) -> Self {
        Self { seed, step: 0 }
    }

    /// A number from 0 to below 1.
    pub fn unit(&mut self) -> f64 {
        self.step += 1;
        unit(splitmix_at(self.seed, self.step))
    }

    /// A number between -`bound` and `bound`.
    pub fn within(&mut self, bound: f32) -> f32 {
        #[expect(clippy::cast_possible_truncation, reason = "single precision is wanted")]
        let unit = self.unit() as f32;
        (2.0 * unit - 1.0) * bound
    }

    /// A number below `count`; 0 if that is 0.
    pub fn below(&mut self, count: usize) -> usize {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the count")]
        let number = (self.unit() * count as f64) as usize;
        number.min(count.saturating_sub(1))
    }

    /// So many of the numbers below `count`, each once: the first steps of a shuffle (Fisher & Yates 1938).
    pub fn sample(&mut self, count: usize, wanted: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..count).collect();
        for index in 0..wanted.min(count) {
            let other = index + self.below(count - index);
            all.swap(index, other);
        }
        all.truncate(wanted);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::{Stream, splitmix_at, unit};

    #[test]
    fn samples_take_each_number_once_and_none_more_often() {
        let mut counts = [0; 10];
        let mut stream = Stream::new(1);
        for _ in 0..10_000 {
            let mut sample = stream.sample(10, 3);
            for number in &sample {
                counts[*number] += 1;
            }
            sample.sort_unstable();
            sample.dedup();
            assert_eq!(sample.len(), 3);
        }
        assert!(counts.iter().all(|count| (2_800..3_200).contains(count)), "{counts:?}");
        assert_eq!((stream.sample(2, 5).len(), stream.below(0)), (2, 0));
    }

    #[test]
    fn units_stay_below_one() {
        assert_eq!([unit(0), unit(1 << 63)].map(f64::to_bits), [0.0, 0.5].map(f64::to_bits));
        assert!(unit(u64::MAX) < 1.0);
    }

    /// Its first numbers with the seeds 0 and 1234567, as its authors and others publish them.
    #[test]
    fn the_streams_are_the_published_ones() {
        assert_eq!(splitmix_at(0, 1), 0xe220_a839_7b1d_cdaf);
        let stream: Vec<u64> = (1..=3).map(|steps| splitmix_at(1_234_567, steps)).collect();
        assert_eq!(stream, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }
}
