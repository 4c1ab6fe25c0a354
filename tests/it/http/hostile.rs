//! Documents that ask for too much, each stopped by its limit before it costs anything.

use insta::assert_snapshot;
use serde_json::{Value, json};
use std::{fmt::Write as _, time::Instant};
use tests::TestApp;

/// A document of `count` fragments, each of which spreads the next one twice.
fn doubling(count: usize, last: &str) -> String {
    let mut text = "{ ...F0 } ".to_owned();
    for number in 0..count {
        let next = number + 1;
        write!(text, "fragment F{number} on Query {{ ...F{next} ...F{next} }} ").unwrap();
    }
    text + &format!("fragment F{count} on Query {{ {last} }}")
}

fn nested(before: &str, count: usize, middle: &str, after: &str) -> String {
    format!("{}{middle}{}", before.repeat(count), after.repeat(count))
}

fn counted(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect()
}

/// Name, document, variables.
fn corpus() -> Vec<(&'static str, String, Value)> {
    let none = || json!({});
    let of_stocks = |inner: &str| format!("{{ stocks(first: 100) {{ edges {{ node {{ {inner} }} }} }} }}");
    let deep = |depth: usize| (0..depth).fold(json!(1), |value, _| json!([value]));
    let many: Vec<u32> = (0..6000).collect();
    let mut cases = vec![
        // Fragments.
        ("doubling fragments, 10", doubling(10, "__typename"), none()),
        ("doubling fragments, 25", doubling(25, "__typename"), none()),
        ("doubling fragments, 99", doubling(99, "__typename"), none()),
        ("doubling fragments of nothing", doubling(40, "...Nothing"), none()),
        ("doubling fragments, never spread", doubling(40, "__typename").replacen("...F0", "__typename", 1), none()),
        ("a fragment in itself", "{ ...A } fragment A on Query { ...A }".to_owned(), none()),
        ("fragments in a circle", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned(), none()),
        ("a circle beside the way", "{ __typename } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned(), none()),
        ("a circle through a field", "{ ...A } fragment A on Query { stock(symbol: \"A\") { ...B } } fragment B on Stock { ...B }".to_owned(), none()),
        ("101 fragments", format!("{{ __typename }} {}", counted(101, |n| format!("fragment F{n} on Query {{ __typename }} "))), none()),
        ("a chain of 99 fragments", format!("{{ ...F0 }} {} fragment F98 on Query {{ __typename }}", counted(98, |n| format!("fragment F{n} on Query {{ ...F{} }} ", n + 1))), none()),
        // Depth.
        ("16 levels of fields", nested("{ a ", 16, "", "}"), none()),
        ("49 braces", nested("{ a ", 49, "", "}"), none()),
        ("50000 braces", nested("{a", 30_000, "", "}"), none()),
        ("49 inline fragments", nested("{ ... ", 49, "{ a }", "}"), none()),
        ("31 inline fragments", nested("{ ... ", 31, "{ __typename }", "}"), none()),
        ("49 nested lists", format!("{{ a(x: {}) }}", nested("[", 49, "1", "]")), none()),
        ("49 nested objects", format!("{{ a(x: {}) }}", nested("{a: ", 49, "1", "}")), none()),
        ("unclosed brackets", "{ a(x: ".to_owned() + &"[".repeat(1500), none()),
        ("depth through fragments", format!("{{ ...A }} fragment A on Query {} fragment B on Query {}", nested("{ a ", 10, "{ ...B }", "}"), nested("{ a ", 10, "", "}")), none()),
        // Size.
        ("2001 tokens", format!("{{ {} }}", "a ".repeat(2001)), none()),
        ("1001 fields", format!("{{ {} }}", "a ".repeat(1001)), none()),
        ("a mebibyte of fields", format!("{{ {} }}", "a ".repeat(500_000)), none()),
        ("a mebibyte in one name", "{ ".to_owned() + &"a".repeat(1_000_000) + " }", none()),
        ("a mebibyte in one string", format!("{{ a(x: \"{}\") }}", "x".repeat(1_000_000)), none()),
        ("a mebibyte of comment", format!("#{}\n{{ __typename }}", "x".repeat(1_000_000)), none()),
        ("a mebibyte of blanks", " ".repeat(1_000_000) + "{ __typename }", none()),
        ("a mebibyte of commas", ",".repeat(1_000_000) + "{ __typename }", none()),
        ("2000 lists", format!("{{ a(x: [{}]) }}", "[],".repeat(1000)), none()),
        // Aliases and root fields.
        ("101 aliases", format!("{{ {} }}", counted(101, |n| format!("a{n}: __typename "))), none()),
        ("101 aliases in a fragment", format!("{{ stock(symbol: \"A\") {{ ...F }} }} fragment F on Stock {{ {} }}", counted(101, |n| format!("a{n}: name "))), none()),
        ("51 fields at the root", format!("{{ {} }}", "__typename ".repeat(51)), none()),
        ("51 fields at the root in fragments", format!("{{ ...F }} fragment F on Query {{ ... on Query {{ {} }} }}", "__typename ".repeat(51)), none()),
        ("51 changes", format!("mutation {{ {} }}", counted(51, |n| format!("a{n}: logout(input: {{}}) {{ done }} "))), none()),
        ("100 stocks by alias", format!("{{ {} }}", counted(99, |n| format!("a{n}: stock(symbol: \"A\") {{ id }} "))), none()),
        // Directives.
        ("51 directives", format!("{{ __typename {} }}", "@include(if: true) ".repeat(51)), none()),
        ("51 unknown directives", format!("{{ __typename {} }}", "@a ".repeat(51)), none()),
        ("51 directives of an operation", format!("query {} {{ __typename }}", "@a ".repeat(51)), none()),
        // Variables.
        ("101 variables", format!("query({}) {{ __typename }}", counted(101, |n| format!("$a{n}: Int "))), none()),
        ("variables 17 deep", "query($a: Int) { __typename }".to_owned(), json!({ "a": deep(17) })),
        ("variables 100 deep", "query($a: Int) { __typename }".to_owned(), json!({ "a": deep(100) })),
        ("6000 values", "query($a: [Int!]) { __typename }".to_owned(), json!({ "a": many })),
        ("6000 values that nobody asked for", "{ __typename }".to_owned(), json!({ "a": many })),
        ("a required variable that is missing", "query($s: Symbol!) { stock(symbol: $s) { id } }".to_owned(), none()),
        ("a required variable that is null", "query($s: Symbol!) { stock(symbol: $s) { id } }".to_owned(), json!({ "s": null })),
        ("an Int that is none", "query($n: Int) { stocks(first: $n) { totalCount } }".to_owned(), json!({ "n": "1" })),
        ("an Int that is too large", "query($n: Int) { stocks(first: $n) { totalCount } }".to_owned(), json!({ "n": 2_147_483_648_u32 })),
        ("an enum value that is none", "query($t: Timeframe) { dashboardSummary(timeframe: $t) { __typename } }".to_owned(), json!({ "t": "D3" })),
        ("an input field that is none", "query($f: StockFilter) { stocks(filter: $f) { totalCount } }".to_owned(), json!({ "f": { "colour": 1 } })),
        ("nine wrong variables", format!("query({}) {{ __typename }}", counted(9, |n| format!("$a{n}: Int! "))), none()),
        // Cost.
        ("pages in pages", of_stocks("news(first: 100) { edges { node { id } } }"), none()),
        ("three pages deep", of_stocks("news(first: 10) { edges { node { mentions { stock { priceHistory(first: 100) { edges { node { time } } } } } } } }"), none()),
        ("pages by variables", "query($n: Int) { stocks(first: $n) { edges { node { news(first: $n) { edges { node { id } } } } } } }".to_owned(), json!({ "n": 100 })),
        ("pages by a variable's default", "query($n: Int = 100) { stocks(first: $n) { edges { node { news(first: $n) { edges { node { id } } } } } } }".to_owned(), none()),
        ("pages from behind", "{ stocks(last: 100) { edges { node { news(last: 100) { edges { node { id } } } } } } }".to_owned(), none()),
        ("pages in a fragment", "{ stocks(first: 100) { ...S } } fragment S on StockConnection { edges { node { news(first: 100) { edges { node { id } } } } } }".to_owned(), none()),
        ("dear fields many times", of_stocks("a: correlation { r } b: correlation(lagDays: 1) { r } c: correlation(lagDays: 2) { r }"), none()),
        ("a hundred dashboards", format!("{{ {} }}", counted(50, |n| format!("a{n}: dashboardSummary {{ mood {{ mean }} }} b{n}: marketOverview {{ asOf }} "))), none()),
        ("counts of counts", of_stocks("news { totalCount } priceHistory { totalCount } sentimentRecords { totalCount } a: news { totalCount } b: news { totalCount } c: news { totalCount } d: news { totalCount } e: news { totalCount } f: news { totalCount }"), none()),
        // Operations.
        ("several operations, none named", "query A { __typename } query B { __typename }".to_owned(), none()),
        ("a subscription of two", "subscription { marketUpdated { asOf } sentimentUpdated { cursor } }".to_owned(), none()),
        ("a subscription of two in a fragment", "subscription { ...F } fragment F on Subscription { marketUpdated { asOf } sentimentUpdated { cursor } }".to_owned(), none()),
        // Texts.
        ("half of a surrogate pair", r#"{ searchStocks(text: "\uD83D") { totalCount } }"#.to_owned(), none()),
        ("an escape beyond all planes", r#"{ searchStocks(text: "\u{110000}") { totalCount } }"#.to_owned(), none()),
        ("an unclosed string", r#"{ searchStocks(text: "\uD83D\uDE80"#.to_owned(), none()),
        ("NUL", "{ searchStocks(text: \"\\u0000\") { totalCount } }".to_owned(), none()),
        ("an empty document", String::new(), none()),
        ("a binary document", "\u{1}\u{2}\u{7f}".to_owned(), none()),
    ];
    for word in ["query", "fragment", "{", "}", "\"", "\"\"\"", "\\", "@", "$", "...", "#"] {
        cases.push(("a word over and over", format!("{word} ").repeat(700), none()));
    }
    cases
}

#[tokio::test]
async fn each_hostile_document_is_stopped_by_its_limit() {
    let app = TestApp::start().await;
    let (mut lines, mut slowest) = (Vec::new(), std::time::Duration::ZERO);
    for (name, document, variables) in corpus() {
        let started = Instant::now();
        let response = app.graphql(&document, variables).await;
        slowest = slowest.max(started.elapsed());
        let extensions = &response["errors"][0]["extensions"];
        let text = |name: &str| extensions[name].as_str().unwrap_or_default().to_owned();
        let verdict = format!("{} {} {}", text("code"), text("limit"), text("field"));
        lines.push(format!("{name}: {}", verdict.trim_end()));
        assert!(response.to_string().len() < 5000, "{name}: {response}");
    }
    let again = app.graphql("{ __typename }", json!({})).await;
    app.finish().await;
    assert_eq!(again["data"]["__typename"], "Query");
    println!("{} documents, the slowest took {slowest:?}", lines.len());
    assert_snapshot!(lines.join("\n"));
}
