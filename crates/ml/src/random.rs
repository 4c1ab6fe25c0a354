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

#[cfg(test)]
mod tests {
    use super::splitmix_at;

    /// Its first numbers with the seeds 0 and 1234567, as its authors and others publish them.
    #[test]
    fn the_streams_are_the_published_ones() {
        assert_eq!(splitmix_at(0, 1), 0xe220_a839_7b1d_cdaf);
        let stream: Vec<u64> = (1..=3).map(|steps| splitmix_at(1_234_567, steps)).collect();
        assert_eq!(stream, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }
}
