//! The names that clients are written against.

use async_graphql::parser::{
    parse_schema,
    types::{FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition},
};
use insta::assert_snapshot;
use std::collections::BTreeMap;

/// What was promised of this wave; the schema may have more.
const CONTRACT: &str = include_str!("contract.graphql");

#[test]
fn the_schema_keeps_its_contract() {
    let (promised, present) = (definitions(CONTRACT), definitions(&api::schema::sdl()));
    let broken: Vec<String> = promised
        .iter()
        .filter(|(path, kind)| present.get(*path) != Some(*kind))
        .map(|(path, kind)| format!("{path}: {kind} is {:?}", present.get(path)))
        .collect();
    assert_snapshot!(broken.join("\n"), @"");
}

/// Every type, field, argument and value by its path, with its type.
fn definitions(sdl: &str) -> BTreeMap<String, String> {
    let document = parse_schema(sdl).unwrap();
    let mut found = BTreeMap::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.to_string();
        let kind = match definition.node.kind {
            TypeKind::Scalar => "scalar",
            TypeKind::Object(object) => {
                for interface in &object.implements {
                    found.insert(format!("{name} implements"), interface.node.to_string());
                }
                add_fields(&mut found, &name, object.fields.iter().map(|field| &field.node));
                "type"
            }
            TypeKind::Interface(interface) => {
                add_fields(&mut found, &name, interface.fields.iter().map(|field| &field.node));
                "interface"
            }
            TypeKind::InputObject(input) => {
                add_inputs(&mut found, &name, input.fields.iter().map(|field| &field.node));
                "input"
            }
            TypeKind::Enum(values) => {
                for value in &values.values {
                    found.insert(format!("{name}.{}", value.node.value.node), "value".to_owned());
                }
                "enum"
            }
            TypeKind::Union(_) => "union",
        };
        found.insert(name, kind.to_owned());
    }
    found
}

fn add_fields<'a>(
    found: &mut BTreeMap<String, String>,
    owner: &str,
    fields: impl Iterator<Item = &'a FieldDefinition>,
) {
    for field in fields {
        let path = format!("{owner}.{}", field.name.node);
        add_inputs(found, &path, field.arguments.iter().map(|argument| &argument.node));
        found.insert(path, field.ty.node.to_string());
    }
}

fn add_inputs<'a>(
    found: &mut BTreeMap<String, String>,
    owner: &str,
    inputs: impl Iterator<Item = &'a InputValueDefinition>,
) {
    for input in inputs {
        let default =
            input.default_value.as_ref().map(|value| format!(" = {}", value.node)).unwrap_or_default();
        found.insert(format!("{owner}.{}", input.name.node), format!("{}{default}", input.ty.node));
    }
}
