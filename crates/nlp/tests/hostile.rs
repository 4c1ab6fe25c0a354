//! No text is too long or too strange: anything passes through every step in linear time.

use std::time::{Duration, Instant};

use nlp::{
    CompactModel, Finance, Label, Quality, SentimentModel as _, Signals, TickerExtractor, Vader, clean,
    compact::Example, fingerprint, scopes,
};

const LENGTH: usize = 1_000_000;
/// Many times what it takes, and far below what quadratic time would.
const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn a_megabyte_of_anything_takes_linear_time() {
    let listings =
        [("AAPL", "Apple Inc."), ("BAC", "Bank of America Corp"), ("T", "AT&T Inc."), ("A", "Aa Aa Aa")];
    let extractor = TickerExtractor::new(listings);
    let compact = compact();
    for pattern in [
        "a",
        " ",
        "$",
        "A",
        "A ",
        "$A ",
        "T,",
        "AAPL ",
        "AAPL MSFT T ",
        "Apple ",
        "Apple but ",
        "Bank of ",
        "Aa ",
        "aa aa a",
        "\u{5d0}\u{5d1} ",
        "\u{202e}x",
        "e\u{301}\u{302}\u{303}",
        "🚀",
        "👨‍👩‍👧",
        "[a](",
        "**",
        "> ",
        "||",
        "<b>",
        "&amp;",
        "`",
        "profit ",
        "rose to 5 from ",
        "not ",
        "but ",
        "compared to a loss ",
        "1,1",
        "0.",
        "-",
        "!",
        "dm me ",
        "http://a ",
    ] {
        let raw = pattern.repeat(LENGTH / pattern.len());
        let start = Instant::now();
        let text = clean(&raw);
        for text in [raw.as_str(), &text] {
            let mentions = extractor.extract(text);
            for scope in scopes(text, &mentions) {
                assert!(Finance::shared().score(&scope.read(text)).score.abs() <= 1.0);
            }
            assert!(compact.judge(&[text]).expect("it judges any text")[0].score.abs() <= 1.0);
            assert!(Vader::shared().score(text).compound.abs() <= 1.0);
            assert!(Quality::of(&Signals { text, ..Signals::default() }).total <= 100.0);
            fingerprint(text);
        }
        assert!(start.elapsed() < LIMIT, "{pattern:?}: {:?}", start.elapsed());
    }
}

/// A small one: how long it takes does not depend on what it has learnt.
fn compact() -> CompactModel {
    let texts: Vec<String> =
        (0..60).map(|n| format!("the firm {} in quarter {n}", ["won", "lost", "met"][n % 3])).collect();
    let labels = [Label::Positive, Label::Negative, Label::Neutral];
    let examples: Vec<Example<'_>> =
        texts.iter().enumerate().map(|(n, text)| Example { text, label: labels[n % 3] }).collect();
    CompactModel::train(&examples).expect("there is enough to learn from")
}
