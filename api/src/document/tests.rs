//! What passes, what it costs, and that nothing that is sent can break the judge.

use super::{Argument, Introspection, Judge, Judged, root_argument, text};
use async_graphql::{Request, Variables};
use domain::identity::Standing;
use proptest::prelude::*;
use serde_json::json;
use std::sync::LazyLock;

/// Printing and reading the schema takes longer than judging by it.
static JUDGE: LazyLock<Judge> = LazyLock::new(|| Judge::new(&crate::schema::sdl(), Introspection::Everyone));

fn judge(introspection: Introspection) -> Judge {
    Judge { introspection, ..JUDGE.clone() }
}

fn judged(document: &str, variables: serde_json::Value) -> Result<Judged, String> {
    let mut request = Request::new(document).variables(Variables::from_json(variables));
    let judged = judge(Introspection::Everyone).judge(&mut request, &Standing::Anonymous);
    judged.map_err(|errors| errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join("; "))
}

fn check_cost(document: &str, expected: u64) {
    assert_eq!(judged(document, json!({ "n": 30 })).map(|judged| judged.cost), Ok(expected), "{document}");
}

#[test]
fn a_document_costs_its_objects_times_the_page() {
    check_cost("{ __typename }", 0);
    check_cost(r#"{ stock(symbol: "A") { symbol name sector } }"#, 1);
    check_cost(r#"{ stock(symbol: "A") { quote { price } } }"#, 2);
    // The connection, and for each of 20 an edge and a node.
    check_cost("{ stocks { edges { node { symbol } } } }", 41);
    check_cost("{ stocks(first: 5) { edges { node { symbol } } } }", 11);
    check_cost("{ stocks(last: 5) { edges { node { symbol } } pageInfo { hasNextPage } } }", 12);
    check_cost("query ($n: Int) { stocks(first: $n) { edges { node { symbol } } } }", 61);
    check_cost("query ($m: Int = 3) { stocks(first: $m) { edges { node { symbol } } } }", 7);
    check_cost("{ stocks(first: 2) { edges { node { news(first: 3) { edges { node { id } } } } } } }", 19);
    check_cost(
        "{ stocks(first: 2) { ...C } } fragment C on StockConnection { edges { cursor node { id } } }",
        5,
    );
    check_cost("{ stocks(first: 2) { totalCount } }", 6);
    // A list costs each of its items, too: the prediction, its lineage, ten posts with what hangs on them.
    check_cost(
        "{ predictions(first: 2) { edges { node { lineage { posts(first: 10) { post { id } } } } } } }",
        1 + 2 * (1 + 1 + 1 + 10 * 2),
    );
    check_cost(r#"{ nodes(ids: ["a", "b", "c"]) { id } }"#, 3);
}

#[test]
fn escapes_that_the_parser_does_not_know_are_written_out() {
    let plain = |document: &str| text::with_plain_escapes(document).map_err(|_| ());
    assert_eq!(plain(r#"{ a(x: "plain \u0041 \n") }"#), Ok(None));
    assert_eq!(plain(r#"{ a(x: "\u{1F680}!") }"#), Ok(Some("{ a(x: \"🚀!\") }".to_owned())));
    assert_eq!(
        plain(r#"{ a(x: "\uD83D\uDE80 \\uD83D") }"#),
        Ok(Some("{ a(x: \"🚀 \\\\uD83D\") }".to_owned()))
    );
    // In block strings and comments they are no escapes.
    assert_eq!(plain(r#"{ a(x: """\uD83D""") } # "\uD83D"#).map(|text| text.is_some()), Ok(true));
    assert_eq!(plain(r#"{ a(x: "\u{22}") }"#), Ok(Some(r#"{ a(x: "\u0022") }"#.to_owned())));
    for wrong in [
        r#"{ a(x: "\uD83D") }"#,
        r#"{ a(x: "\uDE80\uD83D") }"#,
        r#"{ a(x: "\u{}") }"#,
        r#"{ a(x: "\u{D83D}") }"#,
    ] {
        assert_eq!(plain(wrong), Err(()), "{wrong}");
    }
}

#[test]
fn strangers_do_not_see_the_schema_where_it_is_not_shown() {
    for (document, is_refused) in [
        ("{ __schema { types { name } } }", true),
        ("{ ...F } fragment F on Query { __type(name: \"Query\") { name } }", true),
        ("{ __typename }", false),
    ] {
        let mut request = Request::new(document);
        let judged = judge(Introspection::Known).judge(&mut request, &Standing::Anonymous);
        assert_eq!(judged.is_err(), is_refused, "{document}");
    }
}

#[test]
fn the_cursor_of_a_subscription_is_found_where_it_is_given() {
    for (document, expected) in [
        ("subscription { sentimentUpdated { cursor } }", None),
        ("subscription { sentimentUpdated(after: null) { cursor } }", None),
        ("subscription { sentimentUpdated(after: \"x\") { cursor } }", Some(Argument::Value)),
        (
            "subscription ($a: Cursor) { ...F } fragment F on Subscription { s: sentimentUpdated(after: $a) { cursor } }",
            Some(Argument::Variable(async_graphql::Name::new("a"))),
        ),
    ] {
        assert_eq!(root_argument(&mut Request::new(document), "after"), expected, "{document}");
    }
}

/// Texts made of what documents are made of.
fn document() -> impl Strategy<Value = String> {
    let words = [
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "...",
        "on",
        "fragment",
        "query",
        "mutation",
        "subscription",
        "$a",
        ":",
        "!",
        "=",
        "\"",
        "\"\"\"",
        "\\",
        "\\u",
        "\\uD83D",
        "{1F680}",
        "#",
        "\n",
        ",",
        "@skip",
        "stocks",
        "Query",
        "F",
        "first",
        "1",
        "-1e9",
        "null",
        "🚀",
        "\u{feff}",
        "\u{0}",
        " ",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn whatever_is_sent_is_judged(text in document(), junk in any::<String>()) {
        let _ = judged(&text, json!({ "a": junk }));
        let _ = judged(&junk, json!({}));
        let _ = judged(&format!("{{ stock(symbol: \"{junk}\") {{ id }} }}"), json!({}));
    }

    #[test]
    fn texts_mean_the_same_after_their_escapes_are_written_out(value in any::<String>()) {
        let escaped: Vec<String> = value.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
        let escaped = escaped.concat();
        let document = format!("{{ a(x: \"{escaped}\") }}");
        let plain = text::with_plain_escapes(&document).map_err(|_| TestCaseError::fail("refused"))?;
        let parsed = async_graphql::parser::parse_query(plain.unwrap_or(document));
        let text = format!("{:?}", parsed.map_err(|error| TestCaseError::fail(error.to_string()))?);
        prop_assert!(text.contains(&format!("{value:?}")), "{}", text);
    }
}
