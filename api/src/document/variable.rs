//! Checks variables against their types before anything runs.

use super::{
    Excess,
    types::{Kind, Types},
};
use crate::error::ApiError;
use async_graphql::{
    ServerError, Value, Variables,
    parser::types::{BaseType, OperationDefinition, Type},
};

const MOST_NESTED: usize = 16;
const MOST_VALUES: usize = 5_000;
/// Who gets this much wrong mends this first.
const MOST_ERRORS: usize = 8;
const FEWER: &str = "send fewer values at a time";

/// The variables that the operation names, each fit for its type.
pub fn coerce(
    types: &Types,
    operation: &OperationDefinition,
    mut variables: Variables,
) -> Result<Variables, Vec<ServerError>> {
    let mut values = 0;
    for value in variables.values() {
        bound(value, 0, &mut values)?;
    }
    let mut errors = Vec::new();
    let mut coerced = Variables::default();
    for definition in &operation.variable_definitions {
        let (name, ty) = (&definition.node.name.node, &definition.node.var_type.node);
        let problem = match variables.remove(name) {
            Some(value) => {
                let problem = problem(types, ty, &value, name).err();
                coerced.insert(name.clone(), value);
                problem
            }
            None if definition.node.default_value.is_some() => {
                let default =
                    definition.node.default_value.as_ref().map(|value| (name.clone(), value.node.clone()));
                coerced.extend(default);
                None
            }
            None if ty.nullable => None,
            None => Some(format!("${name}: {ty} is required and not given")),
        };
        if let Some(problem) = problem {
            let mut error: ServerError = ApiError::input(name, problem).into();
            error.locations.push(definition.pos);
            errors.push(error);
        }
    }
    errors.truncate(MOST_ERRORS);
    if errors.is_empty() { Ok(coerced) } else { Err(errors) }
}

fn bound(value: &Value, depth: usize, values: &mut usize) -> Result<(), Vec<ServerError>> {
    *values += 1;
    if *values > MOST_VALUES {
        return Err(Excess::over("values in its variables", MOST_VALUES, FEWER).into());
    }
    if depth > MOST_NESTED {
        return Err(Excess::over("levels in its variables", MOST_NESTED, FEWER).into());
    }
    match value {
        Value::List(items) => items.iter().try_for_each(|item| bound(item, depth + 1, values)),
        Value::Object(fields) => fields.values().try_for_each(|field| bound(field, depth + 1, values)),
        _ => Ok(()),
    }
}

/// Why the value at `path` is none of the type.
fn problem(types: &Types, ty: &Type, value: &Value, path: &str) -> Result<(), String> {
    match (&ty.base, value) {
        (_, Value::Null) if ty.nullable => Ok(()),
        (_, Value::Null) => Err(format!("${path}: {ty} must not be null")),
        (BaseType::List(item), Value::List(values)) => values
            .iter()
            .enumerate()
            .try_for_each(|(index, value)| problem(types, item, value, &format!("{path}.{index}"))),
        // One value stands for a list of it.
        (BaseType::List(item), value) => problem(types, item, value, path),
        (BaseType::Named(name), value) => named_problem(types, name, value, path),
    }
}

fn named_problem(types: &Types, name: &str, value: &Value, path: &str) -> Result<(), String> {
    let fits = match (types.find(name), value) {
        (Some(Kind::Input(fields)), Value::Object(given)) => {
            if let Some(unknown) = given.keys().find(|name| !fields.contains_key(name.as_str())) {
                return Err(format!("${path}: {name} has no field {unknown}"));
            }
            return fields.iter().try_for_each(|(field, argument)| {
                let path = format!("{path}.{field}");
                match given.get(field.as_str()) {
                    Some(value) => problem(types, &argument.ty, value, &path),
                    None if argument.ty.nullable || argument.default.is_some() => Ok(()),
                    None => Err(format!("${path}: {} is required and not given", argument.ty)),
                }
            });
        }
        (Some(Kind::Enum(values)), Value::String(value)) => values.contains(value),
        (Some(Kind::Enum(values)), Value::Enum(value)) => values.contains(value.as_str()),
        (Some(Kind::Input(_) | Kind::Enum(_)), _) => false,
        // Output types can't be variables, and unknown ones are for the library to refuse.
        (Some(Kind::Output(_) | Kind::Scalar) | None, value) => is_scalar(name, value),
    };
    if fits { Ok(()) } else { Err(format!("${path}: this is no {name}")) }
}

/// Whether a value can be of a built-in scalar; our own look at theirs when the field is resolved.
fn is_scalar(name: &str, value: &Value) -> bool {
    match name {
        "Int" => {
            matches!(value, Value::Number(number) if number.as_i64().is_some_and(|n| i32::try_from(n).is_ok()))
        }
        "Float" => matches!(value, Value::Number(_)),
        "String" => matches!(value, Value::String(_)),
        "Boolean" => matches!(value, Value::Boolean(_)),
        "ID" => match value {
            Value::String(_) => true,
            Value::Number(number) => number.is_i64() || number.is_u64(),
            _ => false,
        },
        _ => !matches!(value, Value::Object(_)),
    }
}
