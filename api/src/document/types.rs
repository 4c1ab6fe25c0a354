//! The schema's types as far as judging needs them, read from the schema's own definition.

use async_graphql::{
    Value,
    parser::{
        parse_schema,
        types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
    },
};
use std::collections::{HashMap, HashSet};

/// All types, by name.
#[derive(Debug, Default)]
pub struct Types(HashMap<String, Kind>);

/// What a type is.
#[derive(Debug)]
pub enum Kind {
    /// Objects and interfaces.
    Output(HashMap<String, Field>),
    Input(HashMap<String, Argument>),
    Enum(HashSet<String>),
    Scalar,
}

#[derive(Debug)]
pub struct Field {
    /// Without lists and non-nulls.
    pub type_name: String,
    pub is_list: bool,
    pub arguments: HashMap<String, Argument>,
}

#[derive(Debug)]
pub struct Argument {
    pub ty: Type,
    pub default: Option<Value>,
}

impl Types {
    /// # Panics
    /// If `sdl` is not what a schema printed of itself.
    pub fn parse(sdl: &str) -> Self {
        let document = parse_schema(sdl).expect("a schema prints what can be parsed");
        let types = document.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => {
                let definition = definition.node;
                Some((definition.name.node.to_string(), kind(definition.kind)))
            }
            TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
        });
        Self(types.collect())
    }

    pub fn find(&self, name: &str) -> Option<&Kind> {
        self.0.get(name)
    }

    pub fn field(&self, type_name: &str, field: &str) -> Option<&Field> {
        match self.0.get(type_name)? {
            Kind::Output(fields) => fields.get(field),
            Kind::Input(_) | Kind::Enum(_) | Kind::Scalar => None,
        }
    }
}

fn kind(kind: TypeKind) -> Kind {
    match kind {
        TypeKind::Object(object) => {
            Kind::Output(object.fields.into_iter().map(|field| named(field.node)).collect())
        }
        TypeKind::Interface(interface) => {
            Kind::Output(interface.fields.into_iter().map(|field| named(field.node)).collect())
        }
        TypeKind::Union(_) => Kind::Output(HashMap::new()),
        TypeKind::Enum(values) => {
            Kind::Enum(values.values.into_iter().map(|value| value.node.value.node.to_string()).collect())
        }
        TypeKind::InputObject(object) => {
            Kind::Input(object.fields.into_iter().map(|field| argument(field.node)).collect())
        }
        TypeKind::Scalar => Kind::Scalar,
    }
}

fn named(field: FieldDefinition) -> (String, Field) {
    let arguments = field.arguments.into_iter().map(|one| argument(one.node)).collect();
    let ty = &field.ty.node;
    let is_list = matches!(ty.base, BaseType::List(_));
    (field.name.node.to_string(), Field { type_name: base(ty), is_list, arguments })
}

fn argument(value: InputValueDefinition) -> (String, Argument) {
    let default = value.default_value.map(|value| value.node);
    (value.name.node.to_string(), Argument { ty: value.ty.node, default })
}

fn base(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(item) => base(item),
    }
}
