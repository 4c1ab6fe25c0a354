//! What cleaning removes, what it keeps, and that neither depends on luck.

use std::time::{Duration, Instant};

use nlp::clean;
use proptest::prelude::*;

#[test]
fn html_goes_with_tags_comments_and_scripts() {
    check("<p>Apple <b>beats</b>,<br/>again</p>", "Apple beats, again");
    check("a<!-- <b>no</b> -->b", "a b");
    check("x <script type=\"a\">if (a < b) { $AAPL }</script> y <STYLE>p{}</STYLE>z", "x y z");
    check("<a href=\"https://example.com/?a=1&b=2\">read on</a>", "read on");
    check("<!DOCTYPE html><html><td>1</td><td>2</td></html>", "1 2");
    check("see <https://example.com/a> now", "see now");
}

#[test]
fn markdown_leaves_its_text() {
    check("[the filing](https://sec.gov/a_(b) \"10-K\") is out", "the filing is out");
    check(
        "**Very** *bullish* on __this__ and _that_, ~~not~~ `GME`",
        "Very bullish on this and that, not GME",
    );
    check(
        "# Due diligence\n\n> quoted\n> > twice\n\n- one\n* two\n1. three\n---\nend",
        "Due diligence quoted twice one two three end",
    );
    check("Fun ![img](emote|t5_2th52|52627) ride", "Fun ride");
    check("```rust\nlet a = 1;\n```\ndone", "let a = 1; done");
    check("| Ticker | Price |\n|:--|--:|\n| AAPL | 190 |", "Ticker Price AAPL 190");
    check("***Buy*** the **\"dip\"**.", "Buy the \"dip\".");
    check("*see [here](https://a.b/c_d)*", "see here");
    check("&gt; quoted on Reddit\n\n&amp;#x200B;\n\nanswer", "quoted on Reddit answer");
    check(r"escaped \*stars\*, 5\. and \#tag", "escaped stars, 5. and #tag");
}

#[test]
fn urls_go_and_the_sentence_stays() {
    check("iTV Will Boost Apple http://t.co/8dup4cQc08 $AAPL #APPLE", "iTV Will Boost Apple $AAPL #APPLE");
    check("see (https://example.com/a_b), or www.example.com.", "see ( ), or .");
    check("t.co/abc and pic.twitter.com/xyz but AT.co/x", "and but AT.co/x");
    check("#HedgingStrategies -- http://…", "#HedgingStrategies --");
    check("cut off htt…", "cut off");
    check("cut off https:…", "cut off");
    check("wait… what", "wait… what");
    check("HTTPS://EXAMPLE.COM/A?b=c#d end", "end");
}

#[test]
fn entities_are_decoded_however_often_they_were_encoded() {
    check("Healthcare --&gt; up", "Healthcare --> up");
    check(
        "AT&amp;amp;T &amp;lt;3 R&amp;D &quot;x&quot; &#39;y&#39;&nbsp;&euro;5",
        "AT&T <3 R&D \"x\" 'y' €5",
    );
    check("AT&T & R&D; S&P", "AT&T & R&D; S&P");
    check("&lt;b&gt;bold&lt;/b&gt;", "bold");
}

#[test]
fn what_only_resembles_markup_survives() {
    for text in [
        "$BRK.B and $AAPL_ and #AAPL by @user_name",
        "snake_case_name, 5*3*2, f**k and a*b",
        "$5 < $6 > $4 and <3 you",
        "<TSLA> rose",
        ">:( and :-* and ^_^ and o_O",
        "5-10% | ~5% | #1 pick",
        "array[0] and [sic](not a link)",
        "price* is *not final",
        "1.5 or 3.14",
        "buy w/ cash, 24/7",
    ] {
        check(text, text);
    }
}

#[test]
fn invisible_characters_go_and_emoji_stay_whole() {
    check("a\u{200b}b\u{feff} c\u{0}d\u{ad}e\u{202e}", "ab cde");
    check("tabs\tand\r\nlines\u{a0}\u{3000}end  ", "tabs and lines end");
    for emoji in ["🚀🚀 to the 🌙", "👨‍👩‍👧‍👦", "❤️ 1️⃣", "👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇺🇸", "🏳️‍🌈"]
    {
        check(emoji, emoji);
    }
}

#[test]
fn a_text_without_markup_is_not_copied() {
    assert!(matches!(clean("Nothing to do here, $AAPL is fine."), std::borrow::Cow::Borrowed(_)));
}

#[test]
fn hostile_texts_take_linear_time() {
    let units = [
        "[",
        "<",
        "*",
        "*a ",
        "_",
        ">",
        "&",
        "`",
        "~~",
        "|",
        "](",
        "[a](",
        "![",
        "<a ",
        "<!--",
        "<script>",
        "</",
        "&amp;",
        "&lt;",
        "http://",
        "www.",
        "- ",
        "> ",
        "# ",
        "\\",
        "\\*",
        "1. ",
        "--\n",
        "…",
        "ht…",
        "\u{200d}",
        "\u{fe0f}",
        "[a](b.c \"",
        "<<b>b>",
        "**a",
        "a** **",
        "_a_ ",
        "!",
        "\n",
        "|-|\n",
        "http://)",
        "[[a](b.c)](b.c)",
        "&amp;amp;",
        "😀\u{200d}",
    ];
    for unit in units {
        let text = unit.repeat(1_000_000 / unit.len());
        let started = Instant::now();
        let cleaned = clean(&text);
        let elapsed = started.elapsed();
        // Linear takes some 0.1 s even unoptimised; quadratic would take minutes.
        assert!(elapsed < Duration::from_secs(5), "{unit:?} took {elapsed:?}");
        assert!(cleaned.len() <= text.len() && clean(&cleaned) == cleaned, "{unit:?}");
    }
}

proptest! {
    #[test]
    fn cleaning_twice_equals_cleaning_once(text in any::<String>()) {
        let once = clean(&text);
        prop_assert_eq!(clean(&once), once.as_ref());
    }

    #[test]
    fn cleaning_markup_twice_equals_cleaning_it_once(
        parts in prop::collection::vec(prop::sample::select(PARTS), 0..40)
    ) {
        let text = parts.concat();
        let once = clean(&text);
        prop_assert_eq!(clean(&once), once.as_ref());
        prop_assert!(!once.contains("  ") && once.trim() == once);
    }

    #[test]
    fn words_are_never_touched(words in prop::collection::vec("[A-Za-z0-9$#@'%,?]{1,8}[a-z]", 1..20)) {
        let text = words.join(" ");
        prop_assert_eq!(clean(&text), text.as_str());
    }
}

const PARTS: &[&str] = &[
    "a",
    "B",
    " ",
    "\n",
    "*",
    "**",
    "_",
    "~~",
    "`",
    "```",
    "[",
    "]",
    "](",
    "(",
    ")",
    "![",
    "<",
    ">",
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "&",
    "amp;",
    "&amp;",
    "&lt;",
    "&gt;",
    "&#42;",
    "http",
    "http://",
    "ht",
    "tp://",
    "www.",
    "t.co/",
    "x.y",
    "…",
    "#",
    "# ",
    "- ",
    "1. ",
    "|",
    "---",
    "\\",
    "😀",
    "\u{200d}",
    "\u{fe0f}",
    "\u{200b}",
    "é",
    ":",
    "/",
    "!",
    "\"",
    "=",
    "$AAPL",
    "€",
];

#[track_caller]
fn check(text: &str, cleaned: &str) {
    assert_eq!(clean(text), cleaned);
}
