//! What a document costs at most, before it runs: one for each object, times how many of them a page may have.

use super::types::{Field as Definition, Types};
use async_graphql::{
    Name, Positioned, Value, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet},
};
use std::collections::HashMap;

pub const ADVICE: &str = "ask for smaller pages or fewer nested lists, or sign in for a larger budget";

/// The size of a page for which nobody says one.
const PAGE: u64 = 20;
/// What takes more work than reading an object.
const WEIGHTS: [(&str, &str, u64); 8] = [
    ("Stock", "correlation", 20),
    ("Stock", "sentimentSeries", 10),
    ("Stock", "sentiment", 5),
    ("Query", "backtest", 1000),
    ("Query", "dashboardSummary", 50),
    ("Query", "marketOverview", 50),
    ("Query", "modelMetrics", 50),
    ("Query", "nodes", 1),
];
/// Counting reads all rows, not a page of them.
const COUNT: (&str, u64) = ("totalCount", 5);

/// The costs of one document.
#[derive(Debug)]
pub struct Costs<'a> {
    types: &'a Types,
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    /// Of fragments within a page of so many.
    known: HashMap<(&'a Name, u64), u64>,
}

impl<'a> Costs<'a> {
    pub fn new(types: &'a Types, document: &'a ExecutableDocument, variables: &'a Variables) -> Self {
        Self { types, document, variables, known: HashMap::new() }
    }

    pub fn of_operation(mut self, operation: &'a OperationDefinition) -> u64 {
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        self.of_set(&operation.selection_set, root, 1)
    }

    /// Of what is selected on a type, for each of `page` of its items.
    fn of_set(&mut self, set: &'a Positioned<SelectionSet>, type_name: &str, page: u64) -> u64 {
        let costs = set.node.items.iter().map(|item| match &item.node {
            Selection::Field(field) => self.of_field(&field.node, type_name, page),
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref();
                let on = condition.map_or(type_name, |condition| condition.node.on.node.as_str());
                self.of_set(&fragment.node.selection_set, on, page)
            }
            Selection::FragmentSpread(spread) => self.of_fragment(&spread.node.fragment_name.node, page),
        });
        costs.fold(0, u64::saturating_add)
    }

    fn of_fragment(&mut self, name: &Name, page: u64) -> u64 {
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else { return 0 };
        if let Some(cost) = self.known.get(&(name, page)) {
            return *cost;
        }
        let on = fragment.node.type_condition.node.on.node.as_str();
        let cost = self.of_set(&fragment.node.selection_set, on, page);
        self.known.insert((name, page), cost);
        cost
    }

    fn of_field(&mut self, field: &'a Field, type_name: &str, page: u64) -> u64 {
        let name = field.name.node.as_str();
        if field.selection_set.node.items.is_empty() {
            return if name == COUNT.0 { COUNT.1 } else { 0 };
        }
        let types = self.types;
        let Some(definition) = types.field(type_name, name) else { return 1 };
        let weight = WEIGHTS.iter().find(|(on, field, _)| (*on, *field) == (type_name, name));
        let weight = weight.map_or(1, |(.., weight)| *weight);
        let inner_page = self.page(field, definition);
        let inner = self.of_set(&field.selection_set, &definition.type_name, inner_page);
        // Of a connection, only its items are as many as the page has; of a list, all of it.
        let times = if matches!(name, "edges" | "nodes") {
            page.max(self.listed(field))
        } else if definition.is_list {
            inner_page
        } else {
            1
        };
        weight.saturating_add(inner).saturating_mul(times)
    }

    /// How many items the field gives at most.
    fn page(&self, field: &Field, definition: &Definition) -> u64 {
        if !definition.arguments.contains_key("first") {
            return 1;
        }
        let given = ["first", "last"].into_iter().find_map(|name| self.number(field.get_argument(name)?));
        let default = || match definition.arguments.get("first")?.default.as_ref()? {
            Value::Number(number) => number.as_u64(),
            _ => None,
        };
        given.or_else(default).unwrap_or(PAGE)
    }

    /// How many ids are asked for.
    fn listed(&self, field: &Field) -> u64 {
        let Some(ids) = field.get_argument("ids") else { return 1 };
        match ids.node.clone().into_const_with(|name| self.variable(&name)) {
            Ok(Value::List(ids)) => ids.len() as u64,
            _ => 1,
        }
    }

    fn number(&self, value: &Positioned<async_graphql_value::Value>) -> Option<u64> {
        match value.node.clone().into_const_with(|name| self.variable(&name)) {
            Ok(Value::Number(number)) => number.as_u64(),
            _ => None,
        }
    }

    fn variable(&self, name: &Name) -> Result<Value, ()> {
        self.variables.get(name).cloned().ok_or(())
    }
}
