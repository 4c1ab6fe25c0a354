//! What the features are, and that none looks ahead.

mod causality;
mod definition;

use super::{Day, Sentiment};
use crate::random::{splitmix_at, unit};

/// Days of a stock whose price wanders; now and then a volume or the posts are missing.
fn days(count: usize, seed: u64) -> Vec<Day> {
    let chance = |place: usize| unit(splitmix_at(seed, place as u64));
    let mut close = 100.0;
    let day = |index: usize| {
        let at = |part: usize| chance(10 * index + part);
        close *= 0.97 + 0.0605 * at(0);
        let posts = u32::try_from(splitmix_at(seed, (10 * index + 9) as u64) % 7).unwrap();
        let sentiment = Sentiment {
            posts,
            mean: 2.0 * at(2) - 1.0,
            deviation: (posts > 1).then(|| at(3)),
            positive: at(4),
            extreme: at(5) / 4.0,
        };
        Day {
            close,
            volume: (at(6) > 0.05).then(|| 1e6 * at(7)),
            sentiment: (at(8) > 0.1).then_some(sentiment),
        }
    };
    (0..count).map(day).collect()
}
