//! Which words are about which stock.

use nlp::{TickerExtractor, scopes};
use proptest::prelude::*;

const SYMBOLS: [&str; 10] = ["AAPL", "AMD", "GOOG", "INTC", "JNJ", "MSFT", "NFLX", "NVDA", "T", "TSLA"];

#[test]
fn a_text_about_one_stock_is_all_about_it() {
    check(
        "Markets fell. $AAPL is up, but I sold. AAPL!",
        &[("AAPL", "Markets fell. $AAPL is up, but I sold. AAPL!")],
    );
    check("No stock here", &[]);
}

#[test]
fn a_contrast_changes_the_subject() {
    check(
        "Love Apple but Tesla is going to crash",
        &[("AAPL", "Love Apple"), ("TSLA", "but Tesla is going to crash")],
    );
    check("$AAPL rises while $TSLA falls", &[("AAPL", "$AAPL rises"), ("TSLA", "while $TSLA falls")]);
    check("While $AAPL soared, $TSLA sank", &[("AAPL", "While $AAPL soared,"), ("TSLA", "$TSLA sank")]);
}

#[test]
fn a_sentence_changes_the_subject() {
    check("$AAPL is up. $TSLA is down.", &[("AAPL", "$AAPL is up."), ("TSLA", "$TSLA is down.")]);
    check(
        "$AAPL up 3.5 % vs. $TSLA",
        &[("AAPL", "$AAPL up 3.5 % vs. $TSLA"), ("TSLA", "$AAPL up 3.5 % vs. $TSLA")],
    );
    check("$AAPL is great; $TSLA is not", &[("AAPL", "$AAPL is great;"), ("TSLA", "$TSLA is not")]);
}

#[test]
fn a_comma_or_an_and_changes_it_where_more_than_a_list_is_joined() {
    check("Long $AAPL, short $TSLA", &[("AAPL", "Long $AAPL,"), ("TSLA", "short $TSLA")]);
    check("Buying $AAPL and selling $TSLA", &[("AAPL", "Buying $AAPL"), ("TSLA", "and selling $TSLA")]);
    check("$AAPL up, and $TSLA down", &[("AAPL", "$AAPL up,"), ("TSLA", "and $TSLA down")]);
    check("$AAPL, which is up, beats $TSLA", &[("AAPL", "$AAPL, which is up,"), ("TSLA", "beats $TSLA")]);
}

#[test]
fn a_list_shares_what_is_said_of_it() {
    let text = "AAPL, MSFT and GOOG are up";
    check(text, &[("AAPL", text), ("MSFT", text), ("GOOG", text)]);
    check(
        "$AAPL & $MSFT are up and $TSLA is down",
        &[("AAPL", "$AAPL & $MSFT are up"), ("MSFT", "$AAPL & $MSFT are up"), ("TSLA", "and $TSLA is down")],
    );
}

#[test]
fn a_comparison_belongs_to_its_first_member() {
    check("AMD beats Intel", &[("AMD", "AMD beats"), ("INTC", "Intel")]);
    check("$NVDA > $INTC", &[("NVDA", "$NVDA >"), ("INTC", "$INTC")]);
    check("I like $AMD better than $INTC", &[("AMD", "I like $AMD better than"), ("INTC", "$INTC")]);
}

#[test]
fn what_names_no_stock_is_about_the_one_before_or_about_all() {
    check(
        "$AAPL is up. I love it! $TSLA is down. Sold.",
        &[("AAPL", "$AAPL is up. I love it!"), ("TSLA", "$TSLA is down. Sold.")],
    );
    check(
        "What a day! $AAPL is up. $TSLA is down",
        &[("AAPL", "What a day! $AAPL is up."), ("TSLA", "What a day! $TSLA is down")],
    );
    check(
        "$AAPL is up. $TSLA is down. $AAPL again",
        &[("AAPL", "$AAPL is up. $AAPL again"), ("TSLA", "$TSLA is down.")],
    );
}

#[test]
fn names_with_joints_in_them_stay_whole() {
    check(
        "Johnson & Johnson rose but AT&T fell",
        &[("JNJ", "Johnson & Johnson rose"), ("T", "but AT&T fell")],
    );
}

#[test]
fn many_stocks_and_clauses_take_linear_time() {
    let symbols = (0..20_000_u32).map(|number| {
        let letters =
            (0..4).map(|place| char::from(b'A' + u8::try_from(number / 26_u32.pow(place) % 26).unwrap_or(0)));
        letters.collect::<String>()
    });
    let symbols = symbols.collect::<Vec<_>>();
    let extractor = TickerExtractor::new(&symbols);
    let text = format!("Well. ${} fell. {}", symbols.join(" $"), "It fell, but it rose. ".repeat(20_000));
    assert!(scopes(&text, &extractor.extract(&text)).len() > 19_000);
}

proptest! {
    #[test]
    fn parts_lie_in_order_within_any_text(text in "(\\PC|[.,;! ]| but | and |\\$AAPL|\\$TSLA|Intel){0,60}") {
        let extractor = TickerExtractor::new(SYMBOLS);
        for scope in scopes(&text, &extractor.extract(&text)) {
            prop_assert!(!scope.parts.is_empty());
            let mut end = 0;
            for part in &scope.parts {
                prop_assert!(part.start >= end && part.end > part.start && text.get(part.clone()).is_some());
                end = part.end;
            }
        }
    }
}

#[track_caller]
fn check(text: &str, expected: &[(&str, &str)]) {
    let extractor = TickerExtractor::new(SYMBOLS);
    let scopes = scopes(text, &extractor.extract(text));
    let found = scopes.iter().map(|scope| (scope.symbol, scope.read(text))).collect::<Vec<_>>();
    let found = found.iter().map(|(symbol, part)| (*symbol, part.as_ref())).collect::<Vec<_>>();
    assert_eq!(found, expected);
}
