//! What stands in the files.

use super::all_sources;
use insta::assert_snapshot;

/// Panics and leftovers, in pieces: this file must not find itself.
const FORBIDDEN: [&str; 6] =
    ["todo!(", "unimplemented!(", "dbg!(", ".unwrap()", ".unwrap_err()", "println!(\"debug"];

#[test]
fn nothing_unfinished_and_no_unwrap_outside_tests() {
    let mut found = Vec::new();
    for source in all_sources().into_iter().filter(|source| !source.is_test()) {
        for (number, line) in source.code() {
            for word in FORBIDDEN.iter().filter(|word| line.contains(**word)) {
                found.push(format!("{}:{number} has {word}", source.path));
            }
        }
    }
    assert_snapshot!(found.join("\n"), @"");
}

#[test]
fn time_comes_from_the_clock() {
    let mut found = Vec::new();
    let sources = all_sources().into_iter().filter(|source| !source.is_test());
    for source in sources.filter(|source| source.path != "crates/platform/src/clock.rs") {
        let lines = source
            .code()
            .filter(|(_, line)| line.contains("Utc::now()") || line.contains("SystemTime::now()"));
        found.extend(lines.map(|(number, _)| format!("{}:{number}", source.path)));
    }
    assert_snapshot!(found.join("\n"), @"");
}

#[test]
fn resolvers_return_the_api_s_own_result() {
    let mut found = Vec::new();
    for source in all_sources().into_iter().filter(|source| source.path.starts_with("api/src/")) {
        let leaking =
            |line: &str| line.contains("async_graphql::Result") || line.contains("async_graphql::{Result");
        found.extend(
            source.code().filter(|(_, line)| leaking(line)).map(|(n, _)| format!("{}:{n}", source.path)),
        );
    }
    assert_snapshot!(found.join("\n"), @"");
}
