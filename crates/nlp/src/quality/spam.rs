use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// Emoji that nobody minds.
const FREE_EMOJI: usize = 5;
const EMOJI_PENALTY: f64 = 5.0;
const MOST_EMOJI_PENALTY: f64 = 50.0;

/// Share of capitals that titles and symbols explain.
const FREE_CAPITALS: f64 = 0.4;
const MOST_CAPITALS_PENALTY: f64 = 50.0;
/// Letters below which a share of capitals says nothing: "TSLA UP".
const FEWEST_LETTERS: usize = 20;

/// For each of the phrases below, however often it comes.
const PHRASE_PENALTY: f64 = 40.0;

/// What spammers write and others hardly do.
const PHRASES: &str = include_str!("../../data/spam_phrases.txt");

/// How free `text` is of spam, from 0 to 100.
pub(super) fn freedom(text: &str) -> f64 {
    let counts = Counts::of(text);
    let emoji = (counts.emoji.saturating_sub(FREE_EMOJI) as f64 * EMOJI_PENALTY).min(MOST_EMOJI_PENALTY);
    let capitals = (counts.capital_share() - FREE_CAPITALS).max(0.0) / (1.0 - FREE_CAPITALS);
    let phrases = Phrases::shared().distinct_in(text) as f64 * PHRASE_PENALTY;
    (100.0 - emoji - capitals * MOST_CAPITALS_PENALTY - phrases).max(0.0)
}

#[derive(Default)]
struct Counts {
    emoji: usize,
    capitals: usize,
    letters: usize,
}

impl Counts {
    fn of(text: &str) -> Self {
        let mut counts = Self::default();
        let mut in_cashtag = false;
        for character in text.chars() {
            // Cashtags are capitals by custom: they are no shouting.
            in_cashtag = character == '$' || in_cashtag && character.is_alphanumeric();
            counts.emoji += usize::from(is_pictograph(character));
            if character.is_alphabetic() && !in_cashtag {
                counts.letters += 1;
                counts.capitals += usize::from(character.is_uppercase());
            }
        }
        counts
    }

    fn capital_share(&self) -> f64 {
        if self.letters < FEWEST_LETTERS { 0.0 } else { self.capitals as f64 / self.letters as f64 }
    }
}

fn is_pictograph(character: char) -> bool {
    let is_skin_tone = matches!(character, '\u{1f3fb}'..='\u{1f3ff}');
    matches!(character, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}') && !is_skin_tone
}

struct Phrases {
    automaton: AhoCorasick,
}

impl Phrases {
    fn shared() -> &'static Self {
        static SHARED: LazyLock<Phrases> = LazyLock::new(|| Phrases {
            automaton: AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::LeftmostLongest)
                .build(list())
                .expect("the embedded phrases are few and short"),
        });
        &SHARED
    }

    /// How many different phrases stand in `text`, as whole words.
    fn distinct_in(&self, text: &str) -> usize {
        let is_whole = |start: usize, end: usize| {
            !text[..start].ends_with(char::is_alphanumeric) && !text[end..].starts_with(char::is_alphanumeric)
        };
        let mut seen = vec![false; self.automaton.patterns_len()];
        for found in self.automaton.find_iter(text).filter(|found| is_whole(found.start(), found.end())) {
            seen[found.pattern().as_usize()] = true;
        }
        seen.into_iter().filter(|seen| *seen).count()
    }
}

fn list() -> impl Iterator<Item = &'static str> {
    PHRASES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::{freedom, list};

    #[test]
    fn phrases_are_lower_case_and_unique() {
        let mut phrases = list().collect::<Vec<_>>();
        assert!(phrases.iter().all(|phrase| phrase.trim() == *phrase && phrase.to_lowercase() == *phrase));
        let count = phrases.len();
        phrases.sort_unstable();
        phrases.dedup();
        assert_eq!(phrases.len(), count);
    }

    #[test]
    fn a_phrase_counts_once_and_as_whole_words() {
        check("Join my Discord! Really, join my discord", 60.0);
        check("They rejoin my discordant band", 100.0);
        check("JOIN MY discord, guaranteed profit and double your money", 0.0);
    }

    #[test]
    fn capitals_count_from_two_fifths_on_and_not_in_cashtags() {
        check("$AAPL $MSFT $GOOG $TSLA $AMZN $NVDA are all up", 100.0);
        check("TSLA UP", 100.0);
        check("THIS STOCK WILL ROCKET TOMORROW MORNING", 50.0);
    }

    #[test]
    fn the_sixth_emoji_is_one_too_many() {
        check("🚀🚀🚀🚀🚀", 100.0);
        check("🚀🚀🚀🚀🚀🚀", 95.0);
        check(&"👍🏽".repeat(5), 100.0);
        check(&"🚀".repeat(100_000), 50.0);
    }

    #[track_caller]
    fn check(text: &str, expected: f64) {
        let found = freedom(text);
        assert!((found - expected).abs() < 1e-9, "{text}: {found}");
    }
}
