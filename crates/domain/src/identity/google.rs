//! Signing in with Google, or whatever provider stands in its place.

use super::{
    Actor, Error, Keyring, Origin, SignedIn,
    account::{self, Email},
    audit::{self, Act},
    login,
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::identity::account::{ActiveModel, Column, Entity, Role};
use platform::{
    Platform,
    openid::{Attempt, Provider, Vouched},
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait,
    IntoActiveModel as _, QueryFilter as _,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

/// How long someone may take at the provider.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
const PURPOSE: &str = "identity.google";

/// What the browser carries to the provider and back, sealed.
#[derive(Serialize, Deserialize)]
struct State {
    nonce: String,
    verifier: String,
    redirect_uri: String,
    expires_at: DateTime<Utc>,
}

/// Where to send the browser, and the state that it must come back with.
#[derive(Debug)]
pub struct Begun {
    pub url: String,
    pub state: SecretString,
}

/// Begins a sign-in; the provider sends the browser back to `redirect_uri`, which it must know.
pub async fn begin(platform: &Platform, redirect_uri: &str) -> Result<Begun, Error> {
    let provider = provider(platform)?;
    let attempt = Provider::attempt(redirect_uri);
    let state = State {
        nonce: attempt.nonce.clone(),
        verifier: attempt.verifier.expose_secret().to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        expires_at: platform.clock.now() + PATIENCE,
    };
    let state = serde_json::to_vec(&state).map_err(|_| Error::Corrupt("state"))?;
    let state = platform.vault.seal(PURPOSE, &state).await?;
    let url = provider.authorize_url(&attempt, &state).await?;
    Ok(Begun { url, state: state.into() })
}

/// Opens a session for whom the provider vouches for; makes the account the first time.
pub async fn finish(
    platform: &Platform,
    keyring: &Keyring,
    origin: &Origin,
    state: &SecretString,
    code: &SecretString,
) -> Result<SignedIn, Error> {
    let attempt = open(platform, state).await?;
    let vouched = provider(platform)?.exchange(&attempt, code).await?;
    let account = account_of(platform, origin, vouched).await?;
    login::open(platform, keyring, origin, account, "identity.login_with_google").await
}

fn provider(platform: &Platform) -> Result<&Provider, Error> {
    platform.google.as_ref().ok_or(Error::NotFound("sign-in with Google: this server has none set up"))
}

async fn open(platform: &Platform, state: &SecretString) -> Result<Attempt, Error> {
    let wrong = || Error::BadInput {
        field: "state",
        message: "this sign-in is not one of ours, or took too long: begin again".to_owned(),
    };
    let opened = platform.vault.open(PURPOSE, state.expose_secret()).await.map_err(|_| wrong())?;
    let state: State = serde_json::from_slice(&opened).map_err(|_| wrong())?;
    if state.expires_at <= platform.clock.now() {
        return Err(wrong());
    }
    Ok(Attempt { nonce: state.nonce, verifier: state.verifier.into(), redirect_uri: state.redirect_uri })
}

/// The account of `vouched`: by its subject, else by its address, else a new one.
async fn account_of(platform: &Platform, origin: &Origin, vouched: Vouched) -> Result<account::Row, Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    if let Some(row) = by_subject(&txn, &vouched.subject).await? {
        return Ok(row);
    }
    let email: Email = vouched.email.as_ref().ok_or(Error::EmailNotVerified)?.parse()?;
    let fresh = account::fresh(platform, &email, None, Role::User);
    let fresh_id = fresh.id.clone().into_value();
    account::insert_if_absent(&txn, fresh).await?;
    let row = account::by_email(&txn, &email).await?.ok_or(Error::NotFound("account"))?;
    if row.google_subject.is_some() {
        return Err(Error::Conflict("this address belongs to an account with another Google sign-in"));
    }
    if row.email_verified_at.is_some() && !is_authoritative(&email, vouched.hosted_domain.as_deref()) {
        return Err(Error::Conflict(
            "an account has this address already, and Google cannot know whose it is now: sign in with the password",
        ));
    }
    let (account, is_new) = (row.id, fresh_id == Some(row.id.into()));
    // Whoever registered the address without ever proving it may not keep a password to it.
    let password_hash = row.password_hash.clone().filter(|_| row.email_verified_at.is_some());
    let name = row.display_name.clone().or(vouched.name.map(|name| name.chars().take(100).collect()));
    let verified = row.email_verified_at.or(Some(now));
    let row = ActiveModel {
        google_subject: Set(Some(vouched.subject)),
        password_hash: Set(password_hash),
        email_verified_at: Set(verified),
        display_name: Set(name),
        updated_at: Set(now),
        ..row.into_active_model()
    };
    let row = row.update(&txn).await?;
    if !is_new {
        let act = Act::new("identity.link_google").on("account", account);
        audit::record(&txn, now, &Actor::anonymous(origin), act).await?;
    }
    txn.commit().await?;
    Ok(row)
}

/// Whether Google itself decides who has the address: its own, and those of organisations that it runs.
///
/// Any other was verified when the Google account was made, and may be someone else's since.
fn is_authoritative(email: &Email, hosted_domain: Option<&str>) -> bool {
    let (_, domain) = email.as_str().rsplit_once('@').expect("an address has a domain");
    domain == "gmail.com" || hosted_domain.is_some_and(|hosted| hosted.eq_ignore_ascii_case(domain))
}

async fn by_subject(db: &impl ConnectionTrait, subject: &str) -> Result<Option<account::Row>, Error> {
    let of = Entity::find().filter(Column::GoogleSubject.eq(subject)).filter(Column::DeletedAt.is_null());
    Ok(of.one(db).await?)
}
