//! Judges documents before the library sees them: what is too large, too deep or endless is refused in linear time.
//!
//! Three passes, each bounded by the one before: over the text (tokens, nesting), over the parsed document with each
//! fragment measured once (fields, depth, cycles, cost), and over the variables. What passes is handed on parsed, and
//! remembered, so that it is neither read nor measured again.

mod cost;
mod library;
mod limit;
mod reader;
mod shape;
mod text;
mod types;
mod variable;

pub use library::{DocumentId, Library};

use limit::Excess;
use reader::Reader;

use crate::error::ApiError;
use async_graphql::{
    Name, Request, ServerError,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType},
};
use domain::identity::{Role, Standing};
use std::sync::Arc;
use types::Types;

/// What a document may cost, by who sends it.
const BUDGETS: [(Option<Role>, u64); 4] =
    [(None, 5_000), (Some(Role::User), 10_000), (Some(Role::Analyst), 20_000), (Some(Role::Admin), 50_000)];

/// Whether the schema shows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Introspection {
    Everyone,
    /// Only those who signed in.
    Known,
}

/// Knows the schema's types and the limits; clones share them.
#[derive(Clone, Debug)]
pub struct Judge {
    types: Arc<Types>,
    reader: Reader,
    introspection: Introspection,
}

/// A document that may be executed.
#[derive(Debug)]
pub struct Judged {
    pub kind: OperationType,
    /// The names of the root's fields, each as often as it stands there.
    pub root: Vec<Name>,
    pub cost: u64,
    pub budget: u64,
}

impl Judge {
    pub fn new(sdl: &str, introspection: Introspection) -> Self {
        Self { types: Arc::new(Types::parse(sdl)), reader: Reader::default(), introspection }
    }

    /// Reads the document of `request`, and says what it asks for, if that may be executed.
    ///
    /// # Errors
    /// All that is wrong with it, at least one.
    pub fn judge(&self, request: &mut Request, standing: &Standing) -> Result<Judged, Vec<ServerError>> {
        let document = self.reader.read(&request.query)?;
        let operation = operation(&document, request.operation_name.as_deref())?;
        let root = shape::root(&document, operation)?;
        if operation.ty == OperationType::Subscription && root.len() != 1 {
            return Err(refuse("a subscription selects exactly one field at its root"));
        }
        let is_curious = root.iter().any(|name| matches!(name.as_str(), "__schema" | "__type"));
        if is_curious && self.introspection == Introspection::Known && is_unknown(standing) {
            return Err(refuse("this server shows its schema only to those who signed in"));
        }
        let variables = variable::coerce(&self.types, operation, std::mem::take(&mut request.variables))?;
        let cost = cost::Costs::new(&self.types, &document, &variables).of_operation(operation);
        let budget = budget(standing);
        if cost > budget {
            return Err(
                Excess { limit: "cost", found: Some(cost), most: budget, advice: cost::ADVICE }.into()
            );
        }
        request.variables = variables;
        request.set_parsed_query((*document).clone());
        Ok(Judged { kind: operation.ty, root, cost, budget })
    }

    /// What kind of operation `request` asks for; `None` if it can't be read.
    pub fn kind(&self, request: &Request) -> Option<OperationType> {
        let document = self.reader.read(&request.query).ok()?;
        Some(operation(&document, request.operation_name.as_deref()).ok()?.ty)
    }

    /// Puts the document into a request for something that was judged before.
    pub fn reopen(&self, request: &mut Request) {
        // The text is as it was sent: the parser knows only what was made of it.
        if let Ok(document) = self.reader.read(&request.query) {
            request.set_parsed_query((*document).clone());
        }
    }
}

/// How an argument is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    Variable(Name),
    /// It stands in the document.
    Value,
}

impl Argument {
    pub fn into_variable(self) -> Option<Name> {
        match self {
            Self::Variable(name) => Some(name),
            Self::Value => None,
        }
    }
}

/// How the root's field of a subscription is given its argument `name`; `None` if it is not given.
pub fn root_argument(request: &mut Request, name: &str) -> Option<Argument> {
    let operation_name = request.operation_name.clone();
    let document = request.parsed_query().ok()?;
    let operation = operation(document, operation_name.as_deref()).ok()?;
    let field = shape::first_field(document, &operation.selection_set)?;
    match &field.get_argument(name)?.node {
        async_graphql_value::Value::Null => None,
        async_graphql_value::Value::Variable(variable) => Some(Argument::Variable(variable.clone())),
        _ => Some(Argument::Value),
    }
}

fn budget(standing: &Standing) -> u64 {
    let role = match standing {
        Standing::Known(credential) => Some(credential.role()),
        Standing::Anonymous | Standing::Refused(_) => None,
    };
    BUDGETS.into_iter().find(|(whose, _)| *whose == role).map_or(BUDGETS[0].1, |(_, budget)| budget)
}

fn is_unknown(standing: &Standing) -> bool {
    !matches!(standing, Standing::Known(_))
}

/// The operation that shall run.
fn operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, Vec<ServerError>> {
    let mut operations = document.operations.iter();
    let found = match name {
        None if operations.len() > 1 => {
            return Err(refuse(
                "the document has several operations: say with `operationName` which one to run",
            ));
        }
        None => operations.next(),
        Some(name) => operations.find(|(found, _)| found.is_some_and(|found| found.as_str() == name)),
    };
    match found {
        Some((_, operation)) => Ok(&operation.node),
        None => Err(refuse("the document has no operation with the name in `operationName`")),
    }
}

/// What is wrong with a document as a whole.
fn refuse(message: &str) -> Vec<ServerError> {
    vec![ApiError::malformed(message).into()]
}

#[cfg(test)]
mod tests;
