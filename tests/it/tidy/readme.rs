//! The documents keep up with the code.

use super::root;
use insta::assert_snapshot;
use platform::config::SETTINGS;
use std::fs;

#[test]
fn the_readme_s_table_names_every_setting() {
    let Ok(readme) = fs::read_to_string(root().join("README.md")) else {
        println!("there is no README.md yet: nothing is checked");
        return;
    };
    let rows: Vec<&str> = readme.lines().filter(|line| line.trim_start().starts_with('|')).collect();
    let missing = SETTINGS.iter().map(|setting| setting.variable);
    let missing: Vec<&str> =
        missing.filter(|name| !rows.iter().any(|row| row.contains(&format!("`{name}`")))).collect();
    assert_snapshot!(missing.join("\n"), @"");
}
