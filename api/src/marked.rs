//! What a subscription's event is to those who share it: the newest state of something, or a place in a history.

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value, parser::types::Field,
    registry::Registry,
};
use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

/// What an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The newest of its key, such as a symbol: those before it do not matter any more.
    State(String),
    /// One of many, each of which matters, with its number among them.
    History(i64),
}

/// An event with its mark.
#[derive(Debug)]
pub struct Marked<T> {
    pub mark: Mark,
    pub event: T,
}

/// Where whoever runs a subscription finds the mark of the event that came last.
#[derive(Clone, Debug, Default)]
pub struct LastMark(Arc<Mutex<Option<Mark>>>);

/// From where a history is followed, whatever the document says.
#[derive(Clone, Copy, Debug)]
pub enum Resume {
    Now,
    After(i64),
}

impl LastMark {
    pub fn take(&self) -> Option<Mark> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, mark: &Mark) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(mark.clone());
    }
}

impl<T: OutputType> OutputType for Marked<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        if let Some(last) = ctx.data_opt::<LastMark>() {
            last.set(&self.mark);
        }
        self.event.resolve(ctx, field).await
    }
}
