//! Who may import whom.

use super::{root, sources};
use figment::{
    Figment,
    providers::{Format as _, Toml},
};
use insta::assert_snapshot;
use serde_json::Value;

/// The table of the architecture; a crate's folder, and what it may import of ours.
const MAY_IMPORT: [(&str, &[&str]); 12] = [
    ("entity", &[]),
    ("migration", &[]),
    ("crates/quant", &[]),
    ("crates/ml", &["quant"]),
    ("crates/nlp", &["ml"]),
    ("crates/platform", &[]),
    ("crates/jobs", &["platform"]),
    ("crates/domain", &["entity", "quant", "nlp", "ml", "jobs", "platform"]),
    ("worker", &["domain", "entity", "quant", "nlp", "ml", "jobs", "platform", "migration"]),
    ("api", &["domain", "platform", "migration", "worker"]),
    ("crates/bench", &["bellwether", "domain", "platform", "migration"]),
    (
        "tests",
        &["bellwether", "domain", "entity", "jobs", "migration", "ml", "nlp", "platform", "quant", "worker"],
    ),
];

/// The features in the order in which they build on each other; `archive` and `event` are under them all.
const ORDER: [&str; 13] = [
    "archive",
    "event",
    "identity",
    "market",
    "news",
    "sentiment",
    "forecast",
    "signal",
    "portfolio",
    "research",
    "report",
    "business",
    "admin",
];

#[test]
fn crates_import_only_what_the_architecture_allows() {
    let ours = our_packages();
    let mut forbidden = Vec::new();
    for (folder, allowed) in MAY_IMPORT {
        for name in dependencies(folder).into_iter().filter(|name| ours.contains(name)) {
            if !allowed.contains(&name.as_str()) {
                forbidden.push(format!("{folder} imports {name}"));
            }
        }
    }
    assert_snapshot!(forbidden.join("\n"), @"");
}

#[test]
fn every_crate_of_the_workspace_stands_in_the_table() {
    let mut crates = vec!["api", "entity", "migration", "tests", "worker"];
    let below = super::folders("crates");
    let below: Vec<String> = below.iter().map(|name| format!("crates/{name}")).collect();
    crates.extend(below.iter().map(String::as_str));
    let missing: Vec<_> =
        crates.iter().filter(|name| !MAY_IMPORT.iter().any(|(known, _)| known == *name)).collect();
    assert!(missing.is_empty(), "not in the table: {missing:?}");
}

#[test]
fn the_api_reaches_the_worker_through_one_file_only() {
    let naming = |(_, line): (usize, &str)| line.contains("worker::");
    let files = sources("api").into_iter().filter(|source| source.code().any(naming));
    let files: Vec<String> = files.map(|source| source.path).collect();
    assert_snapshot!(files.join("\n"), @"api/src/embedded.rs");
}

#[test]
fn features_of_the_domain_build_only_on_those_before_them() {
    let rank = |name: &str| ORDER.iter().position(|feature| *feature == name);
    let mut backwards = Vec::new();
    for source in sources("crates/domain/src") {
        let Some(own) = source.path.split('/').nth(3).and_then(rank) else { continue };
        for (number, line) in source.code() {
            for rest in line.split("crate::").skip(1) {
                let name: String =
                    rest.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
                if rank(&name).is_some_and(|other| other > own) {
                    backwards.push(format!("{}:{number} imports {name}", source.path));
                }
            }
        }
    }
    assert_snapshot!(backwards.join("\n"), @"");
}

fn manifest(folder: &str) -> Value {
    Figment::from(Toml::file(root().join(folder).join("Cargo.toml"))).extract().unwrap()
}

fn our_packages() -> Vec<String> {
    MAY_IMPORT
        .iter()
        .map(|(folder, _)| manifest(folder)["package"]["name"].as_str().unwrap().to_owned())
        .collect()
}

/// The names of all dependencies, those of tests and build scripts included.
fn dependencies(folder: &str) -> Vec<String> {
    let manifest = manifest(folder);
    let sections = ["dependencies", "dev-dependencies", "build-dependencies"];
    let names =
        sections.iter().filter_map(|section| manifest[section].as_object()).flat_map(|names| names.keys());
    names.cloned().collect()
}
