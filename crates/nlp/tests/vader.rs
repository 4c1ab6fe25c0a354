//! VADER against the scores that Python's vaderSentiment 3.3.2 gives.

use nlp::{Polarity, Vader};
use proptest::prelude::*;

/// Sentences with the reference's negative, neutral, positive and compound scores.
const REFERENCE: &[(&str, [f64; 4])] = &[
    ("VADER is smart, handsome, and funny.", [0.0, 0.254, 0.746, 0.8316]),
    ("VADER is smart, handsome, and funny!", [0.0, 0.248, 0.752, 0.8439]),
    ("VADER is very smart, handsome, and funny.", [0.0, 0.299, 0.701, 0.8545]),
    ("VADER is VERY SMART, handsome, and FUNNY.", [0.0, 0.246, 0.754, 0.9227]),
    ("VADER is VERY SMART, handsome, and FUNNY!!!", [0.0, 0.233, 0.767, 0.9342]),
    ("VADER is VERY SMART, uber handsome, and FRIGGIN FUNNY!!!", [0.0, 0.294, 0.706, 0.9469]),
    ("VADER is not smart, handsome, nor funny.", [0.646, 0.354, 0.0, -0.7424]),
    ("The book was good.", [0.0, 0.508, 0.492, 0.4404]),
    ("At least it isn't a horrible book.", [0.0, 0.678, 0.322, 0.431]),
    ("The book was only kind of good.", [0.0, 0.697, 0.303, 0.3832]),
    (
        "The plot was good, but the characters are uncompelling and the dialog is not great.",
        [0.327, 0.579, 0.094, -0.7042],
    ),
    ("Today SUX!", [0.779, 0.221, 0.0, -0.5461]),
    ("Today only kinda sux! But I'll get by, lol", [0.127, 0.556, 0.317, 0.5249]),
    ("Make sure you :) or :D today!", [0.0, 0.294, 0.706, 0.8633]),
    ("Catch utf-8 emoji such as 💘 and 💋 and 😁", [0.0, 0.583, 0.417, 0.875]),
    ("Not bad at all", [0.0, 0.513, 0.487, 0.431]),
    ("Sentiment analysis has never been good.", [0.325, 0.675, 0.0, -0.3412]),
    ("Sentiment analysis has never been this good!", [0.0, 0.621, 0.379, 0.5672]),
    ("With VADER, sentiment analysis is the shit!", [0.0, 0.583, 0.417, 0.6476]),
    ("On the other hand, VADER is quite bad ass", [0.0, 0.423, 0.577, 0.802]),
    ("VADER is such a badass!", [0.0, 0.598, 0.402, 0.4003]),
    ("Without a doubt, excellent idea.", [0.0, 0.341, 0.659, 0.7013]),
    ("Roger Dodger is at least compelling as a variation on the theme.", [0.0, 0.853, 0.147, 0.2263]),
    ("Roger Dodger is one of the least compelling variations on this theme.", [0.132, 0.868, 0.0, -0.1695]),
    ("Least great of them all", [0.452, 0.548, 0.0, -0.5096]),
    ("This is no good", [0.445, 0.555, 0.0, -0.3412]),
    ("No good, bad or great", [0.212, 0.176, 0.612, 0.6751]),
    ("There is no joy or love in it, nor hope", [0.558, 0.442, 0.0, -0.8336]),
    ("A cake to die for, it is", [0.394, 0.606, 0.0, -0.5994]),
    ("We waited by the old bus stop here", [0.0, 1.0, 0.0, 0.0]),
    ("Oh my, yeah right, great", [0.366, 0.366, 0.268, -0.2023]),
    ("I do not really like it so much", [0.249, 0.751, 0.0, -0.3241]),
    ("never so great, never this good", [0.0, 0.317, 0.683, 0.863]),
    ("I have without any doubt loved it", [0.0, 0.454, 0.546, 0.7193]),
    ("great but bad but great great but love", [0.173, 0.109, 0.717, 0.9509]),
    ("good good good but good good", [0.0, 0.069, 0.931, 0.9109]),
    ("What?? Really good???", [0.0, 0.325, 0.675, 0.6313]),
    ("😁😁happy😡", [0.0, 0.625, 0.375, 0.7184]),
    ("ǅ GREAT day", [0.0, 0.293, 0.707, 0.7034]),
    ("Das ist GRÖẞE love İ", [0.0, 0.488, 0.512, 0.6369]),
    ("It ain't NEVER good, I CAN'T love it", [0.295, 0.526, 0.179, -0.3243]),
    ("the\u{1c}love\u{a0}of\u{2003}hate", [0.374, 0.202, 0.424, 0.128]),
    ("", [0.0, 0.0, 0.0, 0.0]),
    ("...", [0.0, 1.0, 0.0, 0.0]),
    ("!!! ???", [0.0, 1.0, 0.0, 0.0]),
    ("kind of", [0.0, 1.0, 0.0, 0.0]),
    ("kind", [0.0, 0.0, 1.0, 0.5267]),
    ("no", [1.0, 0.0, 0.0, -0.296]),
    ("just enough good times here", [0.0, 0.58, 0.42, 0.4404]),
    ("a sort of kind of just enough nice love here", [0.0, 0.555, 0.445, 0.7517]),
    ("$AAPL CRUSHED earnings!!! 🚀🚀 bulls winning, shorts crying lol", [0.381, 0.304, 0.315, -0.3202]),
    ("He DIDN'T love the horrible crash?", [0.509, 0.252, 0.239, -0.497]),
];

#[test]
fn scores_are_those_of_the_reference() {
    for (text, [negative, neutral, positive, compound]) in REFERENCE.iter().copied() {
        let expected = Polarity { negative, neutral, positive, compound };
        assert_eq!(Vader::shared().score(text), expected, "{text}");
    }
}

#[test]
fn a_long_text_full_of_buts_takes_linear_time() {
    let text = "great but VERY bad, not good! ".repeat(30_000);
    let score = Vader::shared().score(&text);
    assert!((-1.0..=1.0).contains(&score.compound));
}

proptest! {
    #[test]
    fn any_text_has_a_score_within_bounds(text in any::<String>()) {
        check_bounds(Vader::shared().score(&text));
    }

    #[test]
    fn any_sequence_of_meaningful_words_has_a_score_within_bounds(
        words in prop::collection::vec(prop::sample::select(WORDS), 0..30)
    ) {
        check_bounds(Vader::shared().score(&words.join(" ")));
    }
}

const WORDS: &[&str] = &[
    "good", "BAD", "great!", "but", "no", "not", "never", "so", "this", "without", "doubt", "least", "at",
    "very", "kind", "of", "the", "shit", "bomb", "to", "die", "for", ":)", "😁", "don't", "SO", "x", "??",
    "or", "nor", "bus", "stop",
];

fn check_bounds(score: Polarity) {
    let total = score.negative + score.neutral + score.positive;
    assert!((-1.0..=1.0).contains(&score.compound));
    assert!(total == 0.0 || (total - 1.0).abs() < 0.0021, "{score:?}");
}
