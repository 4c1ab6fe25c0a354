//! What stands between a vendor's client and the network.

use super::{Breaker, Patience, VendorAnswer, VendorError, VendorHttp, patience::quota};
use chrono::{DateTime, TimeDelta, Utc};
use domain::admin::{
    connection::{self, Outcome, Report, Standing, Trial},
    provider,
    usage::{self, Reserved},
};
use entity::SourceKind;
use platform::{Platform, config::VendorLimits};
use reqwest::{Client, RequestBuilder};
use sea_orm::ActiveEnum as _;
use secrecy::SecretString;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tracing::warn;

/// A vendor that refuses is asked again after so long: its day is not ours, and a credential may come to count later.
const REFUSED: TimeDelta = TimeDelta::hours(1);
/// No vendor is left alone for longer, whatever it wishes.
const LONGEST_REST: Duration = Duration::from_hours(24);
/// Successes are noted so often: each note is a write.
const NOTED: TimeDelta = TimeDelta::minutes(1);

/// How a vendor is dealt with.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub kind: SourceKind,
    pub limits: VendorLimits,
    pub patience: Patience,
    /// The header that tells what is left, where there is one.
    pub quota_header: Option<&'static str>,
}

/// The line to one vendor; clones are the same line.
#[derive(Clone, Debug)]
pub struct Line(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    plan: Plan,
    platform: Platform,
    http: VendorHttp,
    state: Mutex<State>,
}

/// What one process knows of the vendor.
#[derive(Debug, Default)]
struct State {
    breaker: Breaker,
    /// The vendor said so itself.
    refused_until: Option<DateTime<Utc>>,
    /// When the credential was given that the vendor refuses, and until when that is believed; another one is tried.
    wrong: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The last success that was noted, if no failure came after it.
    noted_at: Option<DateTime<Utc>>,
}

/// The credential that is good now, and when it was given.
struct Key {
    secret: SecretString,
    given_at: Option<DateTime<Utc>>,
}

impl Line {
    pub fn new(plan: Plan, platform: &Platform, http: &VendorHttp) -> Self {
        let state = Mutex::default();
        Self(Arc::new(Inner { plan, platform: platform.clone(), http: http.clone(), state }))
    }

    pub fn kind(&self) -> SourceKind {
        self.0.plan.kind
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.0.platform.clock.now()
    }

    /// The present credential, for what is no HTTP request.
    pub async fn secret(&self) -> Result<SecretString, VendorError> {
        Ok(self.key().await?.secret)
    }

    /// What `dial` opens: once, by the rules of a request.
    pub async fn dial<T>(
        &self,
        dial: impl AsyncFnOnce(&SecretString) -> Result<T, VendorError>,
    ) -> Result<T, VendorError> {
        let key = self.key().await?;
        let began_at = self.admit(&key).await?;
        let result = dial(&key.secret).await;
        self.settle(&key, began_at, None, result.as_ref().err()).await;
        result
    }

    /// What `read` makes of the answer to what `ask` writes, repeated while that may help.
    pub async fn fetch<T: Send>(
        &self,
        ask: impl Fn(&Client, &SecretString) -> Result<RequestBuilder, VendorError> + Send + Sync,
        read: impl Fn(&VendorAnswer) -> Result<T, VendorError> + Send + Sync,
    ) -> Result<T, VendorError> {
        let Patience { longest, .. } = self.0.plan.patience;
        let mut pauses = self.0.plan.patience.pauses();
        loop {
            let key = self.key().await?;
            let began_at = self.admit(&key).await?;
            let answer = self.send(&ask, &key).await;
            let quota_left = answer.as_ref().ok().and_then(|answer| self.quota_left(answer));
            let result = answer.and_then(|answer| read(&answer));
            self.settle(&key, began_at, quota_left, result.as_ref().err()).await;
            let error = match result {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let wish = match error {
                VendorError::RateLimited { retry_after } => retry_after.unwrap_or_default(),
                _ => Duration::ZERO,
            };
            let pause = pauses.next().filter(|_| error.is_transient() && wish <= longest);
            let Some(pause) = pause else { return Err(error) };
            self.0.platform.clock.sleep(pause.max(wish)).await;
        }
    }

    async fn key(&self) -> Result<Key, VendorError> {
        let kind = self.kind();
        if !provider::needs_credential(kind) {
            return Ok(Key { secret: SecretString::default(), given_at: None });
        }
        let opened = provider::open(&self.0.platform, kind).await?.ok_or(VendorError::NotConfigured)?;
        Ok(Key { secret: opened.secret, given_at: Some(opened.given_at) })
    }

    async fn send(
        &self,
        ask: &(impl Fn(&Client, &SecretString) -> Result<RequestBuilder, VendorError> + Send + Sync),
        key: &Key,
    ) -> Result<VendorAnswer, VendorError> {
        let mut unwritable = None;
        let answer = self.0.http.call(|client| match ask(client, &key.secret) {
            Ok(request) => request,
            Err(error) => {
                unwritable = Some(error);
                client.get("")
            }
        });
        let answer = answer.await;
        unwritable.map_or(answer, Err)
    }

    /// Takes the call's share of every limit; returns when the call begins.
    async fn admit(&self, key: &Key) -> Result<DateTime<Utc>, VendorError> {
        self.check(key)?;
        self.keep_pace().await?;
        match usage::reserve(&self.0.platform, self.kind(), &self.0.plan.limits).await? {
            Reserved::Granted => {}
            Reserved::DaySpent => return Err(VendorError::BudgetSpent("day")),
            Reserved::MonthSpent => return Err(VendorError::BudgetSpent("month")),
        }
        // Last, since whoever is let through a breaker that is half open must call.
        let now = self.now();
        self.state().breaker.admit(now).map_err(VendorError::Resting)?;
        metrics::counter!("bellwether_vendor_calls_total", "vendor" => self.kind().to_value()).increment(1);
        Ok(now)
    }

    /// Fails where a call would be in vain.
    fn check(&self, key: &Key) -> Result<(), VendorError> {
        let (now, mut state) = (self.now(), self.state());
        if state.wrong.is_some_and(|(given_at, until)| key.given_at == Some(given_at) && now < until) {
            return Err(VendorError::WrongCredential);
        }
        if let Some(until) = state.refused_until.filter(|until| now < *until) {
            return Err(VendorError::Resting(until));
        }
        state.refused_until = None;
        match state.breaker.until().filter(|until| now < *until) {
            Some(until) => Err(VendorError::Resting(until)),
            None => Ok(()),
        }
    }

    /// Waits for the bucket, which all processes share where there is a Redis.
    async fn keep_pace(&self) -> Result<(), VendorError> {
        let Some(per_minute) = self.0.plan.limits.per_minute else { return Ok(()) };
        let key = format!("vendor:{}", self.kind().to_value());
        let deadline = self.now() + self.0.plan.patience.longest.max(Duration::from_mins(1));
        loop {
            let decision = self.0.platform.limiter.take(&key, &[quota(per_minute)], 1).await;
            let Some(wait) = decision.retry_after else { return Ok(()) };
            if self.now() + wait > deadline {
                return Err(VendorError::Resting(self.now() + wait));
            }
            self.0.platform.clock.sleep(wait).await;
        }
    }

    fn quota_left(&self, answer: &VendorAnswer) -> Option<i64> {
        answer.number(self.0.plan.quota_header?)
    }

    /// Learns from a call, and tells administrators.
    async fn settle(
        &self,
        key: &Key,
        began_at: DateTime<Utc>,
        quota_left: Option<i64>,
        error: Option<&VendorError>,
    ) {
        let now = self.now();
        if let Some(error) = error {
            let labels = [("vendor", self.kind().to_value()), ("class", error.class().to_owned())];
            metrics::counter!("bellwether_vendor_errors_total", &labels).increment(1);
        }
        let Some((outcome, standing)) = self.learn(key, now, error) else { return };
        let message = error.filter(|_| outcome != Outcome::Ok).map(ToString::to_string).unwrap_or_default();
        let trial = Trial { provider: self.kind(), given_at: key.given_at, began_at };
        let report = Report { outcome, message, quota_left };
        let noted = connection::note(&self.0.platform, trial, report, standing).await;
        if let Err(error) = noted.and(self.show_budget(now).await) {
            warn!(%error, "Could not note what came of a call");
        }
    }

    /// What is to be noted; `None` if that would be the same as a moment ago.
    fn learn(
        &self,
        key: &Key,
        now: DateTime<Utc>,
        error: Option<&VendorError>,
    ) -> Option<(Outcome, Standing)> {
        let mut state = self.state();
        match error {
            Some(error) if error.is_outage() => state.breaker.fail(now),
            // Whatever it says, it answers.
            _ => state.breaker.succeed(),
        }
        match error {
            Some(VendorError::WrongCredential) => {
                state.wrong = key.given_at.map(|given_at| (given_at, now + REFUSED));
            }
            Some(VendorError::QuotaSpent) => state.refused_until = Some(now + REFUSED),
            Some(VendorError::RateLimited { retry_after: Some(wish) }) => {
                // Some count in other units, or from another year.
                state.refused_until = Some(now + (*wish).min(LONGEST_REST));
            }
            _ => {}
        }
        let outcome = error.and_then(VendorError::outcome).unwrap_or(Outcome::Ok);
        if outcome == Outcome::Ok && state.noted_at.is_some_and(|at| now - at < NOTED) {
            return None;
        }
        state.noted_at = (outcome == Outcome::Ok).then_some(now);
        let retry_at = state.breaker.until().max(state.refused_until);
        Some((outcome, Standing { breaker: state.breaker.state(), retry_at }))
    }

    async fn show_budget(&self, now: DateTime<Utc>) -> Result<(), domain::admin::Error> {
        let usage = usage::of(self.0.platform.db.connection(), self.kind(), now).await?;
        for (period, left) in [("day", usage.today.left), ("month", usage.this_month.left)] {
            if let Some(left) = left {
                let labels = [("vendor", self.kind().to_value()), ("period", period.to_owned())];
                metrics::gauge!("bellwether_vendor_budget_left", &labels).set(left as f64);
            }
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is whole.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
