//! Descriptions: clients read nothing else.

use insta::assert_snapshot;
use serde_json::Value;
use tests::TestApp;

const INTROSPECTION: &str = "{ __schema { types {
    name description
    fields(includeDeprecated: true) { name description args { name description } }
    inputFields { name description }
    enumValues(includeDeprecated: true) { name description }
} } }";

/// The specification describes them.
const BUILT_IN: [&str; 5] = ["Boolean", "Float", "ID", "Int", "String"];

#[tokio::test]
async fn every_type_field_argument_and_value_has_a_description() {
    let app = TestApp::start().await;
    let schema = app.data(INTROSPECTION).await;
    app.finish().await;
    let mut seen = Vec::new();
    for kind in members(&schema["__schema"], "types") {
        let name = kind["name"].as_str().unwrap();
        if name.starts_with("__") || BUILT_IN.contains(&name) {
            continue;
        }
        seen.push(described(name.to_owned(), kind));
        for field in members(kind, "fields") {
            let path = format!("{name}.{}", field["name"].as_str().unwrap());
            seen.push(described(path.clone(), field));
            seen.extend(children(&path, field, "args"));
        }
        seen.extend(children(name, kind, "inputFields"));
        seen.extend(children(name, kind, "enumValues"));
    }
    assert!(seen.len() > 300, "the introspection found only {} things", seen.len());
    let undescribed: Vec<String> = seen.into_iter().filter_map(Result::err).collect();
    assert_snapshot!(undescribed.join("\n"), @"");
}

fn members<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of[name].as_array().into_iter().flatten()
}

fn children(path: &str, of: &Value, name: &str) -> Vec<Result<(), String>> {
    members(of, name)
        .map(|member| described(format!("{path}.{}", member["name"].as_str().unwrap()), member))
        .collect()
}

/// The path, if there is nothing to read.
fn described(path: String, thing: &Value) -> Result<(), String> {
    let text = thing["description"].as_str().unwrap_or_default();
    if text.trim().is_empty() { Err(path) } else { Ok(()) }
}
