use std::collections::BTreeSet;

use super::lexicon::Name;
use super::token::Tokens;

/// Approximates the greatest sum of ratings to expect; sets how fast `compound` saturates.
const ALPHA: f64 = 15.0;

/// How negative, neutral and positive a text is.
///
/// The three parts are shares of the text and sum to 1 up to rounding (3 decimals), or are all 0 for a text
/// without words.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Polarity {
    /// Share of negative words, weighted by their strength.
    pub negative: f64,
    /// Share of words without sentiment.
    pub neutral: f64,
    /// Share of positive words, weighted by their strength.
    pub positive: f64,
    /// Sum s of all ratings as s / √(s² + 15), from −1 to 1, with 4 decimals.
    pub compound: f64,
}

impl Polarity {
    /// Sums up the `valences` of a text whose punctuation adds `emphasis`.
    pub(super) fn of(valences: &[f64], emphasis: f64) -> Self {
        if valences.is_empty() {
            return Self::default();
        }
        let sum = valences.iter().sum::<f64>();
        let sum = if sum == 0.0 { 0.0 } else { sum + emphasis.copysign(sum) };
        let mut parts = Parts::of(valences);
        parts.emphasise(emphasis);
        let total = parts.positive + parts.negative.abs() + parts.neutral;
        Self {
            negative: round(parts.negative.abs() / total, 1e3),
            neutral: round(parts.neutral / total, 1e3),
            positive: round(parts.positive / total, 1e3),
            compound: round((sum / (sum * sum + ALPHA).sqrt()).clamp(-1.0, 1.0), 1e4),
        }
    }
}

/// Sums by sign, in which each rated word weighs 1 more, as a neutral word weighs 1.
struct Parts {
    positive: f64,
    negative: f64,
    neutral: f64,
}

impl Parts {
    fn of(valences: &[f64]) -> Self {
        let mut parts = Self { positive: 0.0, negative: 0.0, neutral: 0.0 };
        for &valence in valences {
            if valence > 0.0 {
                parts.positive += valence + 1.0;
            } else if valence < 0.0 {
                parts.negative += valence - 1.0;
            } else {
                parts.neutral += 1.0;
            }
        }
        parts
    }

    fn emphasise(&mut self, emphasis: f64) {
        if self.positive > self.negative.abs() {
            self.positive += emphasis;
        } else if self.positive < self.negative.abs() {
            self.negative -= emphasis;
        }
    }
}

/// What exclamation and question marks add to the strength of a text.
pub(super) fn emphasis(text: &str) -> f64 {
    let count = |mark| memchr::memchr_iter(mark, text.as_bytes()).count();
    let questions = match count(b'?') {
        0 | 1 => 0.0,
        few @ (2 | 3) => few as f64 * 0.18,
        _ => 0.96,
    };
    count(b'!').min(4) as f64 * 0.292 + questions
}

/// Halves the ratings before the first "but" and raises those after it by half.
///
/// The reference finds each rating's position by its value, so that of equal ratings the first is changed
/// again; `seen` does so without its quadratic time.
pub(super) fn shift_at_but(tokens: &Tokens, valences: &mut [f64]) {
    let Some(but) = tokens.list.iter().position(|token| token.word.name == Name::But) else { return };
    let mut seen = BTreeSet::new();
    for position in 0..valences.len() {
        let valence = valences[position];
        if valence == 0.0 {
            continue;
        }
        let bits = valence.to_bits();
        seen.insert((bits, position));
        let Some(&(_, first)) = seen.range((bits, 0)..).next() else { continue };
        seen.remove(&(bits, first));
        valences[first] = if first < but { valence * 0.5 } else { valence * 1.5 };
        seen.insert((valences[first].to_bits(), first));
    }
}

/// Rounds to 1/`scale` as Python's `round`: by the exact binary value, ties to even.
fn round(value: f64, scale: f64) -> f64 {
    let product = value * scale;
    let error = value.mul_add(scale, -product);
    let floor = product.floor();
    let excess = (product - floor - 0.5) + error;
    let down = excess < 0.0 || excess == 0.0 && floor % 2.0 == 0.0;
    (if down { floor } else { floor + 1.0 }) / scale
}

#[cfg(test)]
mod tests {
    use super::round;

    #[test]
    fn rounding_is_pythons() {
        // 0.0625 is a tie and goes to even; 2.675 and 1.0005 lie below, 0.5015 above, the decimal they print.
        for (value, scale, rounded) in [(0.0625, 1e3, 0.062), (0.1875, 1e3, 0.188), (2.675, 1e2, 2.67)] {
            check(value, scale, rounded);
        }
        check(-0.0625, 1e3, -0.062);
        check(0.5015, 1e3, 0.501);
        check(0.999_96, 1e4, 1.0);
    }

    fn check(value: f64, scale: f64, rounded: f64) {
        assert!((round(value, scale) - rounded).abs() < f64::EPSILON, "{value}: {}", round(value, scale));
    }
}
