//! How much each caller may ask: so many reads and writes a minute, requests an hour, and of what is dear still fewer.
//!
//! Counts operations, whichever way they came. What a mutation costs is how many fields its root has: aliases save nothing.

use crate::{
    context::access,
    error::{ApiError, whole_seconds},
};
use async_graphql::{
    Name, Request,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection},
};
use axum::http::{HeaderMap, HeaderName, header::RETRY_AFTER};
use domain::identity::{Access, Standing};
use platform::{
    config::LimitsConfig,
    limit::{Decision, Limiter, Quota},
};
use std::time::Duration;

/// The headers that tell clients how they stand, by the draft before its structured fields.
pub const HEADERS: [HeaderName; 3] = [
    HeaderName::from_static("ratelimit-limit"),
    HeaderName::from_static("ratelimit-remaining"),
    HeaderName::from_static("ratelimit-reset"),
];

/// Mutations that take from a bucket of their own besides.
const DEAR: [(&str, Class); 3] =
    [("deleteMyAccount", Class::Destructive), ("predict", Class::Predict), ("predictBatch", Class::Predict)];
/// Nobody means so many; fragments that spread each other are without end.
const MOST_STEPS: usize = 1000;

/// How much is taken from which bucket.
pub type Demand = Vec<(Class, u32)>;

/// The buckets of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Read,
    Write,
    Hour,
    Predict,
    Destructive,
}

impl Class {
    const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Hour => "hour",
            Self::Predict => "predict",
            Self::Destructive => "destructive",
        }
    }
}

/// Counts operations; clones share the buckets.
#[derive(Clone, Debug)]
pub struct Limits {
    limiter: Limiter,
    config: LimitsConfig,
}

impl Limits {
    pub fn new(limiter: &Limiter, config: LimitsConfig) -> Self {
        Self { limiter: limiter.clone(), config }
    }

    /// Takes what `request` costs its sender; how the tightest bucket stands, if anything is limited.
    pub async fn take(&self, request: &mut Request) -> Option<Decision> {
        if !self.config.enforce {
            return None;
        }
        let demand = demand(request);
        let nobody = Access::default();
        self.spend(access(request).unwrap_or(&nobody), demand).await
    }

    /// Takes `demand` from the buckets of the caller.
    pub async fn spend(&self, access: &Access, demand: Demand) -> Option<Decision> {
        if !self.config.enforce {
            return None;
        }
        let caller = match &access.standing {
            Standing::Known(credential) => credential.counted().to_string(),
            _ => access.origin.counted(),
        };
        let mut decisions = Vec::new();
        // The dear ones come last: who is refused before keeps them.
        for (class, cost) in demand {
            let key = format!("{}:{caller}", class.name());
            let decision = self.limiter.take(&key, &[self.quota(class, access)], cost).await;
            decisions.push(decision);
            if !decision.allowed {
                return Some(decision);
            }
        }
        decisions.into_iter().min_by_key(|decision| decision.remaining)
    }

    fn quota(&self, class: Class, access: &Access) -> Quota {
        let of_key = match &access.standing {
            Standing::Known(credential) => credential.requests_per_hour(),
            _ => None,
        };
        let minute = Duration::from_mins(1);
        match class {
            Class::Read => Quota::new(self.config.reads_per_minute, minute),
            Class::Write => Quota::new(self.config.writes_per_minute, minute),
            Class::Hour => {
                Quota::new(of_key.unwrap_or(self.config.requests_per_hour), Duration::from_hours(1))
            }
            Class::Predict => Quota::new(self.config.predicts_per_minute, minute),
            Class::Destructive => Quota::new(self.config.destructive_per_day, Duration::from_hours(24)),
        }
    }
}

/// Why a request is refused, if it is.
pub fn refusal(decision: &Decision) -> Option<ApiError> {
    match decision {
        Decision { allowed: true, .. } => None,
        Decision { retry_after: Some(pause), .. } => Some(ApiError::rate_limited(*pause)),
        Decision { limit, .. } => Some(ApiError::too_complex(format!(
            "the document asks for more of this at once than the {limit} that anyone may; send several"
        ))),
    }
}

/// What HTTP tells of a decision.
pub fn headers(decision: &Decision) -> HeaderMap {
    let values = [decision.limit.into(), decision.remaining.into(), whole_seconds(decision.reset_after)];
    let mut headers: HeaderMap = HEADERS.into_iter().zip(values.map(Into::into)).collect();
    if let Some(pause) = decision.retry_after {
        headers.insert(RETRY_AFTER, whole_seconds(pause).into());
    }
    headers
}

/// What the operation takes from which bucket.
fn demand(request: &mut Request) -> Demand {
    let name = request.operation_name.clone();
    // What can't be read costs as much as a read.
    let Ok(document) = request.parsed_query() else { return reading() };
    let mut operations = document.operations.iter();
    let operation = operations
        .find(|(found, _)| name.is_none() || found.map(Name::as_str) == name.as_deref())
        .map(|(_, operation)| &operation.node);
    match operation {
        Some(operation) if operation.ty == OperationType::Mutation => changing(document, operation),
        _ => reading(),
    }
}

/// What a read costs.
pub fn reading() -> Demand {
    vec![(Class::Read, 1), (Class::Hour, 1)]
}

/// What a change costs.
pub fn writing() -> Demand {
    vec![(Class::Write, 1), (Class::Hour, 1)]
}

fn changing(document: &ExecutableDocument, operation: &OperationDefinition) -> Demand {
    let Some(fields) = root_fields(document, operation) else { return vec![(Class::Write, u32::MAX)] };
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let of = |class| fields.iter().filter(|field| DEAR.contains(&(field, class))).count();
    let dear = [Class::Predict, Class::Destructive].map(|class| (class, count(of(class))));
    let mut demand = vec![(Class::Write, count(fields.len())), (Class::Hour, count(fields.len()))];
    demand.extend(dear.into_iter().filter(|(_, cost)| *cost > 0));
    demand
}

/// The root's fields, each as often as it stands there, in fragments too; `None` if they have no end.
fn root_fields<'a>(
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
) -> Option<Vec<&'a str>> {
    let mut fields = Vec::new();
    let mut sets = vec![&operation.selection_set.node];
    let mut steps = 0;
    while let Some(set) = sets.pop() {
        for item in &set.items {
            steps += 1;
            if steps > MOST_STEPS {
                return None;
            }
            match &item.node {
                Selection::Field(field) => fields.push(field.node.name.node.as_str()),
                Selection::InlineFragment(fragment) => sets.push(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let fragment = document.fragments.get(&spread.node.fragment_name.node);
                    sets.extend(fragment.map(|fragment| &fragment.node.selection_set.node));
                }
            }
        }
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(document: &str, expected: &[(Class, u32)]) {
        assert_eq!(demand(&mut Request::new(document)), expected, "{document}");
    }

    #[test]
    fn reads_cost_one_and_changes_their_root_fields() {
        use Class::{Destructive, Hour, Predict, Read, Write};
        check("{ a b c }", &[(Read, 1), (Hour, 1)]);
        check("subscription { a }", &[(Read, 1), (Hour, 1)]);
        check("nonsense", &[(Read, 1), (Hour, 1)]);
        check("mutation { a { b c } }", &[(Write, 1), (Hour, 1)]);
        check("mutation { a: x b: x ... { c: x } ...F } fragment F on M { d: x }", &[(Write, 4), (Hour, 4)]);
        check("mutation { a: predict b: predict x }", &[(Write, 3), (Hour, 3), (Predict, 2)]);
        check("mutation { deleteMyAccount }", &[(Write, 1), (Hour, 1), (Destructive, 1)]);
        check("mutation { ...F } fragment F on M { ...F }", &[(Write, u32::MAX)]);
    }

    #[test]
    fn the_operation_that_is_named_counts() {
        let request = || Request::new("query A { a } mutation B { b c }");
        assert_eq!(demand(&mut request().operation_name("B"))[0], (Class::Write, 2));
        assert_eq!(demand(&mut request().operation_name("A"))[0], (Class::Read, 1));
    }
}
