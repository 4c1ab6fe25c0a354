//! Where things are.

use super::{all_sources, folders, sources};
use insta::assert_snapshot;

const LONGEST_FILE: usize = 400;

/// A feature has the same name in every crate.
const FEATURES: [&str; 11] = [
    "admin",
    "business",
    "forecast",
    "identity",
    "market",
    "news",
    "portfolio",
    "report",
    "research",
    "sentiment",
    "signal",
];

/// The folders besides the features.
const BESIDES: [(&str, &[&str]); 5] = [
    ("api/src", &["command", "document", "http", "relay"]),
    ("crates/domain/src", &["archive", "event"]),
    ("entity/src", &["archive", "event", "job"]),
    ("tests/it", &["event", "http", "job", "process", "schema", "tidy", "vendor"]),
    ("worker/src", &["import", "source"]),
];

#[test]
fn no_file_is_longer_than_400_lines() {
    let long = all_sources().into_iter().map(|source| (source.text.lines().count(), source.path));
    let long: Vec<String> = long
        .filter(|(lines, _)| *lines > LONGEST_FILE)
        .map(|(lines, path)| format!("{path}: {lines}"))
        .collect();
    assert_snapshot!(long.join("\n"), @"");
}

#[test]
fn folders_are_features_or_named_in_the_architecture() {
    let mut strange = Vec::new();
    for (crate_folder, besides) in BESIDES {
        let names = folders(crate_folder).into_iter();
        let names =
            names.filter(|name| !FEATURES.contains(&name.as_str()) && !besides.contains(&name.as_str()));
        strange.extend(names.map(|name| format!("{crate_folder}/{name}")));
    }
    assert_snapshot!(strange.join("\n"), @"");
}

#[test]
fn folders_say_in_their_mod_what_they_own() {
    let silent = all_sources().into_iter().filter(|source| {
        source.path.ends_with("/mod.rs")
            && !source.path.starts_with("tests/")
            && !source.text.starts_with("//! ")
    });
    assert_snapshot!(silent.map(|source| source.path).collect::<Vec<_>>().join("\n"), @"");
}

#[test]
fn migrations_are_named_by_time_verb_and_object_and_import_no_entity() {
    let mut wrong = Vec::new();
    for source in sources("migration/src") {
        let name = source.path.rsplit('/').next().unwrap().trim_end_matches(".rs");
        if name != "lib" && !is_migration_name(name) {
            wrong.push(format!("{} is not called mYYYYMMDD_HHMMSS_verb_object", source.path));
        }
        if source.code().any(|(_, line)| line.contains("entity::")) {
            wrong.push(format!("{} imports an entity", source.path));
        }
        for way in ["async fn up(", "async fn down("] {
            if name != "lib" && !source.text.contains(way) {
                wrong.push(format!("{} has no `{way}`", source.path));
            }
        }
    }
    assert_snapshot!(wrong.join("\n"), @"");
}

fn is_migration_name(name: &str) -> bool {
    let parts: Vec<&str> = name.split('_').collect();
    let [date, time, verb, object, ..] = parts.as_slice() else { return false };
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    date.strip_prefix('m').is_some_and(|date| digits(date, 8))
        && digits(time, 6)
        && [verb, object].iter().all(|word| !word.is_empty())
}
