//! Which code runs which kind of job.

use crate::{Job, JobContext, retry::GiveUp};
use serde_json::Value;
use std::{collections::HashMap, fmt, marker::PhantomData, sync::Arc};

/// The body of a job; `E` is what the worker offers: sources, models, the platform.
#[async_trait::async_trait]
pub trait Run<E>: Job {
    /// Does the work. Twice must equal once.
    async fn run(&self, env: &E, ctx: &JobContext) -> anyhow::Result<()>;
}

/// The kinds that a worker can run.
pub struct Registry<E> {
    handlers: HashMap<&'static str, Arc<dyn Handler<E>>>,
}

#[async_trait::async_trait]
pub(crate) trait Handler<E>: Send + Sync {
    async fn handle(&self, payload: Value, env: &E, ctx: &JobContext) -> anyhow::Result<()>;

    fn is_endless(&self) -> bool;
}

struct Typed<J>(PhantomData<fn() -> J>);

#[async_trait::async_trait]
impl<E: Send + Sync, J: Run<E>> Handler<E> for Typed<J> {
    async fn handle(&self, payload: Value, env: &E, ctx: &JobContext) -> anyhow::Result<()> {
        let job: J = serde_json::from_value(payload).map_err(|error| GiveUp(error.into()))?;
        job.run(env, ctx).await
    }

    fn is_endless(&self) -> bool {
        J::ENDLESS
    }
}

impl<E: Send + Sync> Registry<E> {
    pub fn new() -> Self {
        Self { handlers: HashMap::new() }
    }

    /// Adds the kind `J`.
    #[must_use]
    pub fn with<J: Run<E>>(mut self) -> Self {
        self.handlers.insert(J::KIND, Arc::new(Typed::<J>(PhantomData)));
        self
    }

    /// All kinds, sorted.
    pub fn kinds(&self) -> Vec<&'static str> {
        let mut kinds: Vec<_> = self.handlers.keys().copied().collect();
        kinds.sort_unstable();
        kinds
    }

    /// The kinds that go on until the worker stops, sorted.
    pub(crate) fn endless(&self) -> Vec<&'static str> {
        let mut kinds = self.kinds();
        kinds.retain(|kind| self.handlers[kind].is_endless());
        kinds
    }

    pub(crate) fn handler(&self, kind: &str) -> Option<Arc<dyn Handler<E>>> {
        self.handlers.get(kind).cloned()
    }
}

impl<E: Send + Sync> Default for Registry<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E> fmt::Debug for Registry<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.handlers.keys()).finish()
    }
}
