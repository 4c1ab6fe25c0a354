//! Which words are taken for stocks.

use nlp::{Listing, MentionKind, TickerExtractor, clean};
use proptest::prelude::*;

const SYMBOLS: &[&str] = &[
    "AAPL", "MSFT", "TSLA", "NVDA", "AMD", "GME", "BRK.B", "BF-B", "GM", "HP", "T", "F", "A", "IT", "ALL",
    "ARE", "FOR", "ON", "SO", "NOW", "LOW", "CAN", "MOON", "GOING", "ESRX", "GILD", "KEY", "C",
];

const COMPANIES: &[(&str, &str)] = &[
    ("AAPL", "Apple Inc."),
    ("ALL", "Allstate Corp (The)"),
    ("AMZN", "Amazon.com, Inc."),
    ("BAC", "Bank of America Corp"),
    ("BBY", "Best Buy Co. Inc."),
    ("BRK.B", "Berkshire Hathaway Inc. Class B"),
    ("C", "Citigroup Inc."),
    ("F", "Ford Motor"),
    ("FB", "Facebook, Inc."),
    ("GE", "General Electric"),
    ("GM", "General Motors Company"),
    ("GOOG", "Alphabet Inc Class C"),
    ("GOOGL", "Alphabet Inc Class A"),
    ("GPS", "Gap Inc."),
    ("IBM", "International Business Machines"),
    ("ILMN", "Illumina, Inc."),
    ("JNJ", "Johnson & Johnson"),
    ("KO", "Coca-Cola Company (The)"),
    ("MCD", "McDonald's Corp."),
    ("MMM", "3M Company"),
    ("MSFT", "Microsoft Corporation"),
    ("NWSA", "News Corp. Class A"),
    ("ORCL", "Oracle Corp."),
    ("T", "AT&T Inc."),
    ("TGT", "Target Corp."),
    ("V", "Visa Inc."),
    ("WFC", "Wells Fargo"),
];

#[test]
fn companies_count_by_name_and_by_what_people_call_them() {
    names("Illumina and Microsoft", &["ILMN", "MSFT"]);
    names("Google's CEO met BofA and J&J", &["BAC", "GOOG", "JNJ"]);
    names("Coca-Cola, Coca Cola, McDonald’s and McDonalds", &["KO", "MCD"]);
    names("International Business Machines sues 3M", &["IBM", "MMM"]);
    names("Wells Fargo, Bank of America, Berkshire", &["BAC", "BRK.B", "WFC"]);
    names("General Electric is older than General Motors", &["GE", "GM"]);
    names("AT&T hires", &["T"]);
}

#[test]
fn lower_case_is_enough_only_for_distinctive_names() {
    names("thinking about microsoft and facebook", &["FB", "MSFT"]);
    names("an apple, a ford across the river, a visa and illumina", &[]);
}

#[test]
fn ordinary_words_need_signs_of_the_market() {
    names("I ate an Apple at Oracle Park before my Visa expired", &[]);
    names("Apple's revenue rose, Target cuts guidance", &["AAPL", "TGT"]);
    names("Ford reports earnings on Monday", &["F"]);
    names("Visa or AAPL?", &["AAPL", "V"]);
}

#[test]
fn phrases_with_a_name_in_them_are_not_the_company() {
    names("Apple pie stocks, price target raised, gap up on earnings", &[]);
    names("The Amazon rainforest loses value; Best Buy point of the stock; breaking news: stocks fall", &[]);
    names("Shares of the Oracle of Omaha", &[]);
    names("Raised $32.3M; stocks on Google+", &[]);
    names("@Microsoft pineapple Facebooks xFacebook", &[]);
}

#[test]
fn a_name_supports_a_symbol_that_says_little_by_itself() {
    names("Citigroup lays off a C level manager", &["C"]);
    names("T is where AT&T is", &["T"]);
    names("ALL of it", &[]);
    names("Allstate is ALL I own", &["ALL"]);
}

#[test]
fn a_list_of_symbols_supports_its_members() {
    names("AAPL, MSFT, T, GE", &["AAPL", "GE", "MSFT", "T"]);
    names("AAPL, GE", &["AAPL", "GE"]);
    names("AAPL T", &["AAPL"]);
    names("GE - Industrial goods turning hot", &["GE"]);
}

#[test]
fn of_several_classes_a_name_means_the_one_in_the_text() {
    names("Google is down", &["GOOG"]);
    names("$GOOGL: Google is down", &["GOOGL"]);
}

#[test]
fn names_have_places_and_are_surer_near_their_symbol() {
    let extractor = TickerExtractor::new(COMPANIES.iter().copied());
    let text = "🚀 Microsoft; Apple’s stock is $AAPL";
    let mentions = extractor.extract(text);
    let found = mentions.iter().map(|mention| (&text[mention.start..mention.end], mention.kind));
    let expected =
        [("Microsoft", MentionKind::Name), ("Apple", MentionKind::Name), ("$AAPL", MentionKind::Cashtag)];
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert!(
        mentions[0].confidence < mentions[1].confidence && mentions[1].confidence < mentions[2].confidence
    );
}

#[test]
fn aliases_need_no_name_and_names_of_two_companies_count_for_none() {
    let extractor = TickerExtractor::new([
        Listing { symbol: "MSFT", name: None },
        Listing { symbol: "AB", name: Some("Zyxomma Inc") },
        Listing { symbol: "XY", name: Some("Zyxomma plc") },
    ]);
    assert_eq!(extractor.symbols("Microsoft buys Zyxomma shares"), ["MSFT"]);
}

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
    check(&"LOUD WORDS $GM ".repeat(50_000), &["GM"]);
    check(&"AAPL gm $".repeat(20_000), &["AAPL"]);
    names(&"Bank of Bank of Ameri Bank of America Wells ".repeat(20_000), &["BAC"]);
    names(&"Oracle of Omahas ".repeat(50_000), &[]);
}

proptest! {
    #[test]
    fn mentions_lie_within_any_text_and_do_not_overlap(text in "(\\PC|[$A-Z. …]){0,80}") {
        let listings = [("A", "…"), ("AA", "$A Inc"), ("B.A", "A. B & Co."), ("TO", "BAA"), ("AAPL", "A")];
        let extractor = TickerExtractor::new(listings);
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

/// Checks the symbols found in `text` where companies are known by name.
#[track_caller]
fn names(text: &str, symbols: &[&str]) {
    let extractor = TickerExtractor::new(COMPANIES.iter().copied());
    assert_eq!(extractor.symbols(text), symbols);
}
