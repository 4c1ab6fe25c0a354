//! How much each caller may ask: so many reads and writes a minute, requests an hour, and of what is dear still fewer.
//!
//! Counts operations, whichever way they came. What a mutation costs is how many fields its root has: aliases save nothing.

use crate::{
    document::Judged,
    error::{ApiError, whole_seconds},
};
use async_graphql::parser::types::OperationType;
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
const HOUR: Duration = Duration::from_hours(1);

/// A bucket's name, its quota, and what is taken from it.
type Bucket = (String, Quota, u32);

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

    /// Takes what a request costs its sender; how the tightest bucket stands, if anything is limited.
    pub async fn take(&self, access: &Access, judged: Option<&Judged>) -> Option<Decision> {
        self.spend(access, demand(judged)).await
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
        let mut buckets: Vec<Bucket> = demand
            .iter()
            .map(|(class, cost)| (format!("{}:{caller}", class.name()), self.quota(*class), *cost))
            .collect();
        // What an owner grants a key holds besides. It is asked first: a key that is spent takes nothing from the account.
        buckets.splice(..0, of_key(access, &demand));
        let mut decisions = Vec::new();
        // The dear ones come last: who is refused before keeps them.
        for (key, quota, cost) in buckets {
            let decision = self.limiter.take(&key, &[quota], cost).await;
            decisions.push(decision);
            if !decision.allowed {
                return Some(decision);
            }
        }
        decisions.into_iter().min_by_key(|decision| decision.remaining)
    }

    fn quota(&self, class: Class) -> Quota {
        let minute = Duration::from_mins(1);
        match class {
            Class::Read => Quota::new(self.config.reads_per_minute, minute),
            Class::Write => Quota::new(self.config.writes_per_minute, minute),
            Class::Hour => Quota::new(self.config.requests_per_hour, HOUR),
            Class::Predict => Quota::new(self.config.predicts_per_minute, minute),
            Class::Destructive => Quota::new(self.config.destructive_per_day, Duration::from_hours(24)),
        }
    }
}

/// What the operation takes from the quota of the key that it came with.
fn of_key(access: &Access, demand: &[(Class, u32)]) -> Option<Bucket> {
    let Standing::Known(credential) = &access.standing else { return None };
    let (key, per_hour) = credential.quota_of_key()?;
    let (_, cost) = demand.iter().find(|(class, _)| *class == Class::Hour)?;
    Some((format!("key:{key}"), Quota::new(per_hour, HOUR), *cost))
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

/// What a read costs.
pub fn reading() -> Demand {
    vec![(Class::Read, 1), (Class::Hour, 1)]
}

/// What a change costs.
pub fn writing() -> Demand {
    vec![(Class::Write, 1), (Class::Hour, 1)]
}

/// What the operation takes from which bucket; what can't be read costs as much as a read.
fn demand(judged: Option<&Judged>) -> Demand {
    let Some(Judged { kind: OperationType::Mutation, root, .. }) = judged else { return reading() };
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let of = |class| root.iter().filter(|field| DEAR.contains(&(field.as_str(), class))).count();
    let dear = [Class::Predict, Class::Destructive].map(|class| (class, count(of(class))));
    let mut demand = vec![(Class::Write, count(root.len())), (Class::Hour, count(root.len()))];
    demand.extend(dear.into_iter().filter(|(_, cost)| *cost > 0));
    demand
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::Name;

    fn check(kind: OperationType, root: &[&str], expected: &[(Class, u32)]) {
        let root = root.iter().map(Name::new).collect();
        let judged = Judged { kind, root, cost: 0, budget: 0 };
        assert_eq!(demand(Some(&judged)), expected, "{judged:?}");
    }

    #[test]
    fn reads_cost_one_and_changes_their_root_fields() {
        use Class::{Destructive, Hour, Predict, Read, Write};
        check(OperationType::Query, &["a", "b", "c"], &[(Read, 1), (Hour, 1)]);
        check(OperationType::Subscription, &["a"], &[(Read, 1), (Hour, 1)]);
        check(OperationType::Mutation, &["a"], &[(Write, 1), (Hour, 1)]);
        check(OperationType::Mutation, &["x", "x", "x", "x"], &[(Write, 4), (Hour, 4)]);
        check(OperationType::Mutation, &["predict", "predict", "x"], &[(Write, 3), (Hour, 3), (Predict, 2)]);
        check(OperationType::Mutation, &["deleteMyAccount"], &[(Write, 1), (Hour, 1), (Destructive, 1)]);
        assert_eq!(demand(None), [(Read, 1), (Hour, 1)]);
    }
}
