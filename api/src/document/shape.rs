//! How large a document is once its fragments are spread: each fragment is measured once, so this takes as long as the
//! document is, whatever its fragments multiply to.

use super::{Excess, refuse};
use async_graphql::{
    Name, Positioned, ServerError,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};
use std::collections::HashMap;

const MOST_DEPTH: usize = 15;
const MOST_LEVELS: usize = 30;
const MOST_SELECTIONS: usize = 1000;
const MOST_ALIASES: usize = 100;
const MOST_ROOT_FIELDS: usize = 50;
const MOST_FRAGMENTS: usize = 100;
const MOST_VARIABLES: usize = 100;

const SPLIT: &str = "ask in several requests";

/// Of a selection set with all its fragments spread.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    /// Fields, and spreads too: of a fragment that is not there, they are all there is.
    selections: usize,
    aliases: usize,
    /// Of fields.
    depth: usize,
    /// Of selections, fragments among them: what the library goes into recursively.
    levels: usize,
}

/// Refuses a document that is too large, or without end.
pub fn measure(document: &ExecutableDocument) -> Result<(), Vec<ServerError>> {
    within([(document.fragments.len(), "fragments", MOST_FRAGMENTS)])?;
    let mut ruler = Ruler { document, known: HashMap::new() };
    // All fragments: the library looks at those too that are spread nowhere.
    for name in document.fragments.keys() {
        ruler.fragment(name)?;
    }
    for (_, operation) in document.operations.iter() {
        let size = ruler.set(&operation.node.selection_set)?;
        within([
            (operation.node.variable_definitions.len(), "variables", MOST_VARIABLES),
            (size.selections, "selections", MOST_SELECTIONS),
            (size.aliases, "aliases", MOST_ALIASES),
            (size.depth, "levels of fields", MOST_DEPTH),
            (size.levels, "levels of fragments", MOST_LEVELS),
        ])?;
    }
    Ok(())
}

/// The names of the fields at the root of an operation of a measured document, those in fragments too.
pub fn root(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Result<Vec<Name>, Vec<ServerError>> {
    let mut root = Vec::new();
    collect_root(document, &operation.selection_set, &mut root);
    within([(root.len(), "fields at the root", MOST_ROOT_FIELDS)])?;
    Ok(root)
}

fn within<const N: usize>(counts: [(usize, &'static str, usize); N]) -> Result<(), Vec<ServerError>> {
    match counts.into_iter().find(|(found, _, most)| found > most) {
        Some((_, limit, most)) => Err(Excess::over(limit, most, SPLIT).into()),
        None => Ok(()),
    }
}

struct Ruler<'a> {
    document: &'a ExecutableDocument,
    /// `None` while it is being measured: who comes back then goes round in a circle.
    known: HashMap<&'a Name, Option<Size>>,
}

impl<'a> Ruler<'a> {
    fn set(&mut self, set: &'a Positioned<SelectionSet>) -> Result<Size, Vec<ServerError>> {
        let mut size = Size::default();
        for item in &set.node.items {
            let (inner, is_aliased, level) = match &item.node {
                Selection::Field(field) => {
                    (self.set(&field.node.selection_set)?, field.node.alias.is_some(), 1)
                }
                Selection::InlineFragment(fragment) => (self.set(&fragment.node.selection_set)?, false, 0),
                Selection::FragmentSpread(spread) => {
                    (self.fragment(&spread.node.fragment_name.node)?, false, 0)
                }
            };
            size.selections = size.selections.saturating_add(inner.selections).saturating_add(1);
            size.aliases = size.aliases.saturating_add(inner.aliases).saturating_add(is_aliased.into());
            size.depth = size.depth.max(inner.depth + level);
            size.levels = size.levels.max(inner.levels + 1);
        }
        Ok(size)
    }

    fn fragment(&mut self, name: &Name) -> Result<Size, Vec<ServerError>> {
        // One that is not there is for the library to refuse.
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Ok(Size::default());
        };
        match self.known.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => return Err(refuse("a fragment spreads itself")),
            None => {}
        }
        self.known.insert(name, None);
        let size = self.set(&fragment.node.selection_set)?;
        within([(size.selections, "selections", MOST_SELECTIONS)])?;
        self.known.insert(name, Some(size));
        Ok(size)
    }
}

fn collect_root(document: &ExecutableDocument, set: &Positioned<SelectionSet>, root: &mut Vec<Name>) {
    for item in &set.node.items {
        match &item.node {
            Selection::Field(field) => root.push(field.node.name.node.clone()),
            Selection::InlineFragment(fragment) => collect_root(document, &fragment.node.selection_set, root),
            Selection::FragmentSpread(spread) => {
                let fragment = document.fragments.get(&spread.node.fragment_name.node);
                if let Some(fragment) = fragment {
                    collect_root(document, &fragment.node.selection_set, root);
                }
            }
        }
    }
}

/// The first field of a selection set, be it in a fragment.
pub fn first_field<'a>(
    document: &'a ExecutableDocument,
    set: &'a Positioned<SelectionSet>,
) -> Option<&'a Field> {
    set.node.items.iter().find_map(|item| match &item.node {
        Selection::Field(field) => Some(&field.node),
        Selection::InlineFragment(fragment) => first_field(document, &fragment.node.selection_set),
        Selection::FragmentSpread(spread) => {
            let fragment = document.fragments.get(&spread.node.fragment_name.node)?;
            first_field(document, &fragment.node.selection_set)
        }
    })
}
