//! What the finance model makes of sentences, all of them our own.

use nlp::{Finance, FinanceScore, TickerExtractor, clean, scopes};
use proptest::prelude::*;

#[test]
fn what_moves_decides_whether_up_is_good() {
    good("Operating profit rose to EUR 13.1 mn from EUR 8.7 mn.");
    good("Net sales increased by 12 % year on year.");
    good("The net loss narrowed to $2 million.");
    good("Costs fell sharply in the third quarter.");
    good("The company cut its debt by a third.");
    good("Unemployment fell to a record low of 3.5%.");
    bad("Operating profit fell to EUR 8.7 mn from EUR 13.1 mn.");
    bad("Sales declined 4 percent in the quarter.");
    bad("The operating loss widened.");
    bad("Rising costs and falling sales.");
    bad("Higher raw material costs weighed on the year.");
    bad("There was a sharp decrease in orders.");
    bad("Unemployment rose to 9%.");
    bad("Margins narrowed again.");
    good("Rates cut by 50 bps");
    bad("Inventory is piling up");
}

#[test]
fn amounts_are_compared() {
    good("Operating profit was EUR 5.1 mn, compared with EUR 3.2 mn a year earlier.");
    good("Net income amounted to $7.5 million, compared to a loss of $1.2 million.");
    good("Profit totalled EUR 21.1 mn, up from EUR 18.6 mn.");
    bad("Net sales were EUR 3.2 bn, compared with EUR 5.1 bn a year earlier.");
    bad("Operating loss was EUR 4.5 mn, compared to a profit of EUR 1.4 mn.");
    bad("Pre-tax profit totalled EUR 9.0 m, down from EUR 36.3 m.");
    good("EPS of $1.20 versus $0.85 last year.");
}

#[test]
fn numbers_have_directions() {
    good("ACME +2.4%");
    good("Stock up 5% premarket");
    bad("ACME -3%");
    bad("Shares down 12 percent after hours");
}

#[test]
fn companies_report_and_analysts_judge() {
    good("Beats on the top and bottom line");
    good("The board raised guidance for the full year");
    good("Upgraded to buy at the big bank");
    good("It won a contract worth EUR 40 mn");
    good("Better than expected results");
    good("Returned to profit after two years");
    good("The company raises its dividend");
    good("New $2 billion share buyback");
    bad("Misses estimates on weak demand");
    bad("The retailer cut its forecast");
    bad("Downgraded to underperform");
    bad("Profit warning sends the stock lower");
    bad("The plant will be shut down and 300 employees laid off");
    bad("Faces a class action over accounting fraud");
    bad("Files for bankruptcy");
    bad("The regulator opened an investigation");
    bad("Dividend cut to save cash");
    good("The lawsuit was dismissed");
}

#[test]
fn plain_statements_are_neutral() {
    neutral("The company has its headquarters in Helsinki and employs 1,200 people.");
    neutral("The annual general meeting will be held on 5 April 2023.");
    neutral("Each share entitles to one vote; the total number of shares is 12,500,000.");
    neutral("Financial terms of the agreement were not disclosed.");
    neutral("The vice president will present the interim report.");
    neutral("The board has authorised the chairman to sign the agreement.");
    neutral("Interest on the loan is paid quarterly.");
    neutral("Crude oil and natural gas are its main products.");
    neutral("The trust holds securities of united energy companies.");
    neutral("");
    neutral("What time does the market open?");
}

#[test]
fn traders_speak_their_own_language() {
    good("GME to the moon 🚀🚀🚀");
    good("Diamond hands, not selling");
    good("Bought more calls, very bullish");
    good("Loading up on this dip, tendies incoming");
    good("Breakout above resistance");
    good("Short squeeze incoming");
    good("Shorts are getting destroyed");
    bad("My puts are printing");
    bad("Bagholders everywhere, what a scam");
    bad("Rug pull. Got out with a big loss");
    bad("Puts printing? No, this dumps to zero 📉");
    bad("Shorting this garbage");
    bad("Paper hands panic selling");
    bad("Looks very bearish, head and shoulders");
    bad("Dead cat bounce before the next leg down 🐻");
    bad("Sold everything, taking profits");
}

#[test]
fn negation_turns() {
    bad("This is not a buy");
    bad("The company failed to return to profit");
    bad("They are no longer profitable");
    assert!(score("No growth").score < 0.0);
    assert!(score("Not bad").score > score("Bad").score);
    assert!(score("It isn't a scam").score > score("It is a scam").score);
}

#[test]
fn degrees_and_contrasts_weigh() {
    assert!(score("Profit rose sharply").score > score("Profit rose slightly").score);
    bad("Sales rose, but profit plunged and the outlook is weak");
    good("Sales fell, but profit surged and the outlook is strong");
}

#[test]
fn cashtags_addresses_and_user_names_say_nothing() {
    neutral("$GAIN $BULL @happy_bull https://example.com/surge");
    assert_eq!(score("$LOVE fell 3%"), score("$AAPL fell 3%"));
    assert_eq!(score("PROFIT ROSE"), score("profit rose"));
    assert_eq!(score("It doesn’t look good"), score("It doesn't look good"));
}

#[test]
fn a_post_that_praises_one_stock_and_damns_another_feels_so() {
    apart("Love Apple but Tesla is going to crash", "AAPL", "TSLA");
    apart("Long $AAPL, short $TSLA", "AAPL", "TSLA");
    apart("$MSFT beats estimates while $INTC cuts guidance", "MSFT", "INTC");
    apart("$TSLA is a scam. $AAPL to the moon!", "AAPL", "TSLA");
    apart("Buying $MSFT and selling $INTC", "MSFT", "INTC");
    apart("$AAPL profit rose 12%; $INTC profit fell 8%", "AAPL", "INTC");
}

#[test]
fn the_better_of_two_compared_stocks_scores_higher() {
    for (text, better, worse) in [
        ("AMD beats Intel", "AMD", "INTC"),
        ("$NVDA > $INTC", "NVDA", "INTC"),
        ("$INTC < $AMD", "AMD", "INTC"),
    ] {
        assert!(about(text, better) > about(text, worse), "{text}");
    }
}

#[test]
fn hostile_texts_take_linear_time() {
    for text in [
        "but ",
        "profit rose from ",
        "not not ",
        "🚀",
        "compared to a loss ",
        "1,",
        "-",
        "a\u{301}",
        "up 5% (",
        "to the ",
    ] {
        let found = score(&text.repeat(1_000_000 / text.len()));
        assert!(found.score.abs() <= 1.0, "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_has_a_score_within_bounds(text in "(\\PC|[a-z0-9%$., ]|profit|fell| not | but |compared to|🚀){0,80}") {
        let found = score(&text);
        prop_assert!((-1.0..=1.0).contains(&found.score));
        for part in [found.positive, found.neutral, found.negative] {
            prop_assert!((0.0..=1.0).contains(&part));
        }
        prop_assert!((found.positive + found.neutral + found.negative - 1.0).abs() < 1e-9);
    }
}

#[track_caller]
fn good(text: &str) {
    let found = score(text);
    assert!(found.positive > found.neutral.max(found.negative), "{text}: {found:?}");
}

#[track_caller]
fn bad(text: &str) {
    let found = score(text);
    assert!(found.negative > found.neutral.max(found.positive), "{text}: {found:?}");
}

#[track_caller]
fn neutral(text: &str) {
    let found = score(text);
    assert!(found.neutral > found.positive.max(found.negative), "{text}: {found:?}");
}

#[track_caller]
fn apart(text: &str, praised: &str, damned: &str) {
    let (praised, damned) = (about(text, praised), about(text, damned));
    assert!(praised > 0.0 && damned < 0.0, "{text}: {praised} {damned}");
}

/// The score of what `text` says about `symbol`.
fn about(text: &str, symbol: &str) -> f64 {
    let extractor = TickerExtractor::new(["AAPL", "AMD", "INTC", "MSFT", "NVDA", "TSLA"]);
    let text = clean(text);
    let scopes = scopes(&text, &extractor.extract(&text));
    let scope = scopes.iter().find(|scope| scope.symbol == symbol).expect("the text names the stock");
    score(&scope.read(&text)).score
}

fn score(text: &str) -> FinanceScore {
    Finance::shared().score(&clean(text))
}
