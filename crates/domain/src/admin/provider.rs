//! The vendors, and what they ask for.
//!
//! A credential is sealed before it is stored, opened only for the client of its vendor, and never shown again.

use super::{
    Error,
    connection::{self, Outcome, State},
    job,
    usage::{self, Usage},
};
use crate::{
    SourceKind,
    identity::{
        FreshTotp, Proof as _,
        audit::{self, Act},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
pub use entity::admin::provider_credential::Model as Credential;
use entity::admin::{
    provider_credential::{Column, Entity},
    provider_state,
};
use platform::Platform;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    sea_query::OnConflict,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

/// After which a credential should be replaced by a new one.
const ROTATION: TimeDelta = TimeDelta::days(90);

/// A vendor as it stands.
#[derive(Clone, Debug)]
pub struct Provider {
    pub kind: SourceKind,
    pub credential: Option<Credential>,
    /// What came of calling it; `None` if it never was.
    pub state: Option<State>,
    pub usage: Usage,
}

/// Whether a vendor can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It asks for a credential, and none was given or it has expired.
    NotConfigured,
    /// It was not called since the credential was given.
    Unknown,
    Healthy,
    Failing,
}

impl Provider {
    /// Whether it has what it asks for.
    pub fn is_configured(&self, now: DateTime<Utc>) -> bool {
        let is_valid = |row: &Credential| row.expires_at.is_none_or(|end| end > now);
        !needs_credential(self.kind) || self.credential.as_ref().is_some_and(is_valid)
    }

    pub fn health(&self, now: DateTime<Utc>) -> Health {
        if !self.is_configured(now) {
            return Health::NotConfigured;
        }
        // A test of the one before says nothing of this credential.
        let given_at = self.credential.as_ref().map(|row| row.known_at);
        match &self.state {
            Some(state) if state.given_at == given_at => match state.outcome {
                Outcome::Ok => Health::Healthy,
                _ => Health::Failing,
            },
            _ => Health::Unknown,
        }
    }
}

/// A credential on its way in.
#[derive(Debug)]
pub struct NewCredential {
    pub provider: SourceKind,
    pub secret: SecretString,
    pub expires_at: Option<DateTime<Utc>>,
}

/// All vendors.
const VENDORS: [SourceKind; 7] = [
    SourceKind::Reddit,
    SourceKind::Finnhub,
    SourceKind::NewsApi,
    SourceKind::Marketaux,
    SourceKind::AlphaVantage,
    SourceKind::Yahoo,
    SourceKind::Gdelt,
];

/// Whether the vendor asks for a credential at all.
pub fn needs_credential(kind: SourceKind) -> bool {
    VENDORS.contains(&kind) && !matches!(kind, SourceKind::Yahoo | SourceKind::Gdelt)
}

/// When the credential should be replaced: after 90 days, or when it expires.
pub fn rotate_by(credential: &Credential) -> DateTime<Utc> {
    let rotation = credential.known_at + ROTATION;
    credential.expires_at.map_or(rotation, |end| end.min(rotation))
}

/// The vendors with their credentials and what came of calling them.
pub async fn list(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Provider>, Error> {
    let credentials = Entity::find().all(db).await?;
    let states = provider_state::Entity::find().all(db).await?;
    let usage = usage::rows(db, now).await?;
    let vendor = |kind| Provider {
        kind,
        credential: credentials.iter().find(|row| row.provider == kind).cloned(),
        state: states.iter().find(|row| row.provider == kind).cloned(),
        usage: Usage::new(kind, now, &usage),
    };
    Ok(VENDORS.into_iter().map(vendor).collect())
}

/// The vendor; `None` if `kind` is no vendor's.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    kind: SourceKind,
    now: DateTime<Utc>,
) -> Result<Option<Provider>, Error> {
    if !VENDORS.contains(&kind) {
        return Ok(None);
    }
    let credential = Entity::find_by_id(kind).one(db).await?;
    let state = provider_state::Entity::find_by_id(kind).one(db).await?;
    let usage = usage::of(db, kind, now).await?;
    Ok(Some(Provider { kind, credential, state, usage }))
}

/// The vendors that have a credential which counts now.
pub async fn credentialed(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<SourceKind>, Error> {
    let rows = Entity::find().all(db).await?;
    let valid = rows.into_iter().filter(|row| row.expires_at.is_none_or(|end| end > now));
    Ok(valid.map(|row| row.provider).collect())
}

/// A credential for a vendor's client.
#[derive(Debug)]
pub struct Opened {
    pub secret: SecretString,
    /// When it was given, to know it from another.
    pub given_at: DateTime<Utc>,
}

/// The credential for a vendor's client, as it is now; `None` if none was given or it has expired.
pub async fn open(platform: &Platform, kind: SourceKind) -> Result<Option<Opened>, Error> {
    let row = Entity::find_by_id(kind).one(platform.db.connection()).await?;
    let is_valid = |row: &Credential| row.expires_at.is_none_or(|end| end > platform.clock.now());
    let Some(row) = row.filter(is_valid) else { return Ok(None) };
    let secret = platform.vault.open(&purpose(kind), &row.sealed).await?;
    let secret = std::str::from_utf8(&secret).map_err(|_| platform::vault::VaultError::Tampered)?;
    Ok(Some(Opened { secret: secret.into(), given_at: row.known_at }))
}

/// Keeps a credential in place of the one before, and has it tested.
pub async fn update(
    platform: &Platform,
    proof: &FreshTotp,
    new: NewCredential,
) -> Result<(Provider, job::Row), Error> {
    let now = platform.clock.now();
    let NewCredential { provider: kind, secret, expires_at } = new;
    check(kind, &secret, expires_at.filter(|end| *end <= now))?;
    // Before the transaction: sealing may need one of its own.
    let sealed = platform.vault.seal(&purpose(kind), secret.expose_secret().as_bytes()).await?;
    let last_four = last_four(&secret);
    let row = Credential { provider: kind, sealed, last_four, known_at: now, expires_at, reminder: None };
    let txn = platform.db.begin().await?;
    let before = Entity::find_by_id(kind).one(&txn).await?;
    let columns = [Column::Sealed, Column::LastFour, Column::KnownAt, Column::ExpiresAt, Column::Reminder];
    let known = OnConflict::column(Column::Provider).update_columns(columns).to_owned();
    let insert = Entity::insert(row.clone().into_active_model().reset_all()).on_conflict(known);
    insert.exec_without_returning(&txn).await?;
    let provider = find(&txn, kind, now).await?.ok_or(Error::NotFound("vendor"))?;
    let job = connection::enqueue(&txn, &platform.clock, &provider).await?;
    let act = Act::new("admin.update_provider_credential").named("provider", &kind.to_value());
    let act = act.changed(json!(before.as_ref().map(shown)), shown(&row));
    audit::record(&txn, now, proof.actor(), act).await?;
    txn.commit().await?;
    jobs::announce(platform.bus.as_ref(), job.id).await;
    Ok((provider, job))
}

/// Forgets a credential.
pub async fn remove(platform: &Platform, proof: &FreshTotp, kind: SourceKind) -> Result<Provider, Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let before = Entity::find_by_id(kind).one(&txn).await?.ok_or(Error::NotFound("credential"))?;
    Entity::delete_by_id(kind).exec(&txn).await?;
    let act = Act::new("admin.remove_provider_credential").named("provider", &kind.to_value());
    let act = act.changed(shown(&before), json!(null));
    audit::record(&txn, now, proof.actor(), act).await?;
    let provider = find(&txn, kind, now).await?.ok_or(Error::NotFound("vendor"))?;
    txn.commit().await?;
    Ok(provider)
}

fn check(kind: SourceKind, secret: &SecretString, past: Option<DateTime<Utc>>) -> Result<(), Error> {
    if !needs_credential(kind) {
        return Err(Error::input("provider", "this source takes no credential"));
    }
    let secret = secret.expose_secret();
    let is_clean = secret.chars().all(|char| char.is_ascii_graphic());
    if !is_clean || !(8..=1000).contains(&secret.len()) {
        return Err(Error::input(
            "secret",
            "write 8 to 1000 characters without spaces, as the vendor gave them",
        ));
    }
    if kind == SourceKind::Reddit && !secret.contains(':') {
        return Err(Error::input(
            "secret",
            "write the id and the secret with a colon between them: id:secret",
        ));
    }
    if past.is_some() {
        return Err(Error::input("expiresAt", "this is over already: write a time to come"));
    }
    Ok(())
}

/// A secret for one vendor can't be opened as that of another.
fn purpose(kind: SourceKind) -> String {
    format!("admin.provider_credential.{}", kind.to_value())
}

/// What the audit log tells of a credential.
fn shown(credential: &Credential) -> serde_json::Value {
    json!({ "last_four": credential.last_four, "expires_at": credential.expires_at })
}

/// Of ASCII, as `check` demands.
fn last_four(secret: &SecretString) -> String {
    let secret = secret.expose_secret();
    secret[secret.len().saturating_sub(4)..].to_owned()
}
