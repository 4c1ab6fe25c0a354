//! The exported schema.

use insta::assert_snapshot;

#[test]
fn the_committed_schema_is_that_of_the_code() {
    let committed = include_str!("../../schema.graphql");
    assert!(committed == api::schema::sdl(), "run: cargo run -- schema > schema.graphql");
}

#[test]
fn every_type_field_argument_and_value_has_a_description() {
    let undescribed: Vec<String> = undescribed(&api::schema::sdl());
    assert_snapshot!(undescribed.join("\n"), @"");
}

/// The definitions that no description precedes.
fn undescribed(sdl: &str) -> Vec<String> {
    let mut missing = Vec::new();
    let (mut described, mut in_description, mut owner) = (false, false, String::new());
    for line in sdl.lines().map(str::trim) {
        if line == "\"\"\"" {
            in_description = !in_description;
            described = true;
            continue;
        }
        let closes = matches!(line, "" | "}" | ")") || line.starts_with("): ") || line.starts_with(')');
        if in_description || closes {
            continue;
        }
        if line.starts_with("\"\"\"") {
            described = true;
            continue;
        }
        if line.starts_with("schema")
            || line.starts_with("query:")
            || line.starts_with("subscription:")
            || line.starts_with("directive")
        {
            described = false;
            continue;
        }
        if line.ends_with('{') {
            line.clone_into(&mut owner);
        }
        if !described {
            missing.push(format!("{owner} {line}"));
        }
        described = false;
    }
    missing
}
