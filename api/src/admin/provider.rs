//! Vendors and their credentials.

use crate::{SourceKind, scalar::Long};
use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use domain::admin::{
    connection::{Breaker, Outcome, State},
    provider::{self, Credential, NewCredential},
    usage::{Spent, Usage},
};

/// A vendor of data.
#[derive(Clone, Debug, SimpleObject)]
pub struct Provider {
    /// The vendor, as it stands at what it gave.
    source: SourceKind,
    /// Whether it asks for a credential.
    needs_credential: bool,
    /// Its credential, without the secret; null if none was given.
    credential: Option<ProviderCredential>,
    /// Whether it can be used.
    health: ProviderHealth,
    /// When it last answered as it should; null if it never did.
    last_success_at: Option<DateTime<Utc>>,
    /// How it failed last; null if it never did. When it was before `lastSuccessAt`, it is over.
    last_error: Option<ProviderError>,
    /// How many requests it still grants in its present period; null if it does not say.
    quota_left: Option<Long>,
    /// Whether it is left alone because it keeps failing.
    breaker: BreakerState,
    /// When it will be called again; null if nothing keeps from it.
    retry_at: Option<DateTime<Utc>>,
    /// The share of today's requests that failed, 0 to 1; null without requests.
    error_rate: Option<f64>,
    /// What was asked of it today (UTC).
    today: ProviderUsage,
    /// What was asked of it this month (UTC).
    this_month: ProviderUsage,
}

/// Whether a vendor is left alone: 5 failures within 5 minutes open the breaker, a success closes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Breaker")]
pub enum BreakerState {
    /// It is called.
    Closed,
    /// It is left alone until `retryAt`; the next source stands in.
    Open,
    /// One request shall show whether it is well again.
    HalfOpen,
}

/// What was asked of a vendor, by all processes together.
#[derive(Clone, Debug, SimpleObject)]
pub struct ProviderUsage {
    /// How many requests, those that failed included.
    used: Long,
    /// How many of them failed.
    failed: Long,
    /// How many requests its budget still allows; null without a budget, and before the first request.
    left: Option<Long>,
}

impl From<Spent> for ProviderUsage {
    fn from(spent: Spent) -> Self {
        let Spent { used, failed, left } = spent;
        Self { used: Long(used), failed: Long(failed), left: left.map(Long) }
    }
}

/// Whether a vendor can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "provider::Health")]
pub enum ProviderHealth {
    /// It asks for a credential, and none was given or it has expired.
    NotConfigured,
    /// It was not called since the credential was given.
    Unknown,
    /// When it was called last, it answered as it should.
    Healthy,
    /// When it was called last, it did not; `lastError` says how.
    Failing,
}

/// How a vendor failed.
#[derive(Clone, Debug, SimpleObject)]
pub struct ProviderError {
    /// What kind of failure.
    class: ProviderErrorClass,
    /// When it was called.
    at: DateTime<Utc>,
    /// The same for people.
    message: String,
}

/// What kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ProviderErrorClass {
    /// The vendor refuses the credential.
    WrongCredential,
    /// The vendor grants no more requests for now.
    Limited,
    /// The vendor does not answer, or with a failure of its own.
    Unreachable,
    /// The vendor answers with something that it does not document.
    Unexpected,
}

impl ProviderErrorClass {
    fn of(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Ok => None,
            Outcome::WrongCredential => Some(Self::WrongCredential),
            Outcome::Limited => Some(Self::Limited),
            Outcome::Unreachable => Some(Self::Unreachable),
            Outcome::Unexpected => Some(Self::Unexpected),
        }
    }
}

impl ProviderError {
    fn new(state: &State) -> Option<Self> {
        let class = ProviderErrorClass::of(state.error?)?;
        Some(Self { class, at: state.error_at?, message: state.error_message.clone()? })
    }
}

/// What is known of a vendor's credential; the secret is never shown.
#[derive(Clone, Debug, SimpleObject)]
pub struct ProviderCredential {
    /// The last 4 characters of the secret, to know it by.
    last4: String,
    /// When it was given.
    updated_at: DateTime<Utc>,
    /// When it expires; null if nobody said.
    expires_at: Option<DateTime<Utc>>,
    /// When to replace it: 90 days after it was given, or when it expires.
    rotate_by: DateTime<Utc>,
    /// Whether it is time to replace it.
    is_rotation_due: bool,
}

/// A vendor's credential.
#[derive(InputObject)]
pub(super) struct UpdateProviderCredentialInput {
    /// Whose.
    provider: SourceKind,
    /// As the vendor gave it, 8 to 1000 characters; where a vendor gives an id and a secret, `id:secret`.
    secret: String,
    /// When it expires, if the vendor says so.
    expires_at: Option<DateTime<Utc>>,
}

/// Whom to call.
#[derive(InputObject)]
pub(super) struct TestProviderInput {
    /// The vendor.
    pub provider: SourceKind,
}

/// Whose credential to forget.
#[derive(InputObject)]
pub(super) struct RemoveProviderCredentialInput {
    /// The vendor.
    pub provider: SourceKind,
}

impl From<UpdateProviderCredentialInput> for NewCredential {
    fn from(input: UpdateProviderCredentialInput) -> Self {
        let UpdateProviderCredentialInput { provider, secret, expires_at } = input;
        Self { provider: provider.into(), secret: secret.into(), expires_at }
    }
}

impl Provider {
    pub fn new(provider: provider::Provider, now: DateTime<Utc>) -> Self {
        let state = provider.state.as_ref();
        let Usage { today, this_month } = provider.usage;
        Self {
            source: provider.kind.into(),
            needs_credential: provider::needs_credential(provider.kind),
            health: provider.health(now).into(),
            last_success_at: state.and_then(|state| state.last_success_at),
            last_error: state.and_then(ProviderError::new),
            quota_left: state.and_then(|state| state.quota_left).map(Long),
            breaker: state.map_or(Breaker::Closed, |state| state.breaker).into(),
            retry_at: state.and_then(|state| state.retry_at).filter(|at| *at > now),
            error_rate: provider.usage.error_rate(),
            today: today.into(),
            this_month: this_month.into(),
            credential: provider.credential.map(|row| ProviderCredential::new(row, now)),
        }
    }
}

impl ProviderCredential {
    fn new(row: Credential, now: DateTime<Utc>) -> Self {
        let rotate_by = provider::rotate_by(&row);
        Self {
            last4: row.last_four,
            updated_at: row.known_at,
            expires_at: row.expires_at,
            rotate_by,
            is_rotation_due: rotate_by <= now,
        }
    }
}
