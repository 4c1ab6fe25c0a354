//! Which words are taken for stocks.

use nlp::{MentionKind, TickerExtractor, clean};
use proptest::prelude::*;

const SYMBOLS: &[&str] = &[
    "AAPL", "MSFT", "TSLA", "NVDA", "AMD", "GME", "BRK.B", "BF-B", "GM", "HP", "T", "F", "A", "IT", "ALL",
    "ARE", "FOR", "ON", "SO", "NOW", "LOW", "CAN", "MOON", "GOING", "ESRX", "GILD", "KEY", "C",
];

#[test]
fn cashtags_count_in_any_case_and_company() {
    check("$AAPL, ($MSFT) and $tsla’s; $ESRX,$GILD/$T", &["AAPL", "ESRX", "GILD", "MSFT", "T", "TSLA"]);
    check("$NOW and $it are cashtags", &["IT", "NOW"]);
    check("$BRK.B $brk_b $bf.b $AAPL_ $MSFT.", &["AAPL", "BF-B", "BRK.B", "MSFT"]);
    check("Ali-$TSLA", &["TSLA"]);
}

#[test]
fn what_only_resembles_a_cashtag_does_not_count() {
    check("$5 US$AAPL C$C A$AP $T$ W€$T $T∆RTER #$C @$C $AAPLX $KEY.TO $$GME $ALL1", &[]);
    check("RT: cut off $AAPL $GM…", &["AAPL"]);
    check("takes $AAPL… an amazing", &["AAPL"]);
}

#[test]
fn bare_symbols_count_unless_they_are_common_words() {
    check("I think AAPL beats MSFT", &["AAPL", "MSFT"]);
    check("IT is ALL FOR A good cause ON sale NOW, SO LOW you CAN", &[]);
    check("TSLA NVDA AMD", &["AMD", "NVDA", "TSLA"]);
    check("aapl is not upper-case, xAAPL AAPLx AAPL_x @AAPL AAPL-like A.AAPL are others", &[]);
    check("#AAPL and AAPL's", &["AAPL"]);
    check("Holding BRK.B for years", &["BRK.B"]);
}

#[test]
fn short_symbols_need_a_context_word_nearby() {
    check("I drive a GM truck", &[]);
    check("I own GM shares", &["GM"]);
    check(&format!("GM {} shares", "and so on ".repeat(6)), &[]);
    check("bought T shares", &[]);
    check("Zynga (NYSE:T) and (Nasdaq: IT)", &["IT", "T"]);
}

#[test]
fn shouting_needs_a_context_word_too() {
    check("THIS IS ALL GOING TO THE MOON", &[]);
    check("GME IS GOING TO THE MOON", &[]);
    check("BUY GME STOCK TODAY", &["GME"]);
}

#[test]
fn among_cashtags_a_bare_symbol_needs_a_context_word() {
    check("$AAPL and the NVDA keynote", &["AAPL"]);
    check("$AAPL and NVDA calls", &["AAPL", "NVDA"]);
}

#[test]
fn mentions_come_in_text_order_with_their_places() {
    let extractor = TickerExtractor::new(SYMBOLS);
    let text = "🚀 $TSLA, AMD stock; $TSLA";
    let mentions = extractor.extract(text);
    let found =
        mentions.iter().map(|mention| (&text[mention.start..mention.end], mention.symbol, mention.kind));
    let expected = [
        ("$TSLA", "TSLA", MentionKind::Cashtag),
        ("AMD", "AMD", MentionKind::Symbol),
        ("$TSLA", "TSLA", MentionKind::Cashtag),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert!(mentions[0].confidence > mentions[1].confidence);
}

#[test]
fn a_document_of_ten_thousand_words_and_more_is_read_whole() {
    let text = format!(
        "{} AAPL beat estimates. {} $MSFT",
        "Some words on markets. ".repeat(5_000),
        "LOUD WORDS ".repeat(50_000)
    );
    check(&text, &["AAPL", "MSFT"]);
    check(&"AAPL GM $".repeat(20_000), &["AAPL"]);
}

proptest! {
    #[test]
    fn mentions_lie_within_any_text_and_do_not_overlap(text in "(\\PC|[$A-Z. …]){0,80}") {
        let extractor = TickerExtractor::new(["A", "AA", "B.A", "TO"]);
        let mut end = 0;
        for mention in extractor.extract(&text) {
            prop_assert!(mention.start >= end && mention.end > mention.start);
            prop_assert!(text.get(mention.start..mention.end).is_some());
            end = mention.end;
        }
    }
}

/// Checks the symbols found in `text`, raw and cleaned.
#[track_caller]
fn check(text: &str, symbols: &[&str]) {
    let extractor = TickerExtractor::new(SYMBOLS);
    assert_eq!(extractor.symbols(text), symbols);
    assert_eq!(extractor.symbols(&clean(text)), symbols);
}
