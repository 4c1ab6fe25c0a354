//! Access tokens: JWTs signed with Ed25519 keys that are made here and change with an overlap.

use super::{
    Actor, Error,
    audit::{self, Act},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey as _};
use entity::identity::signing_key::{ActiveModel, Column, Entity, Model};
use jobs::Job;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use platform::{Platform, hex};
use rand::RngExt as _;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait, QueryFilter as _, QueryOrder as _,
    sea_query::Expr,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};
use uuid::Uuid;

/// How long an access token is good for.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(15);
/// A retired key verifies for as long as a token that it signed may live, and some clocks more.
const OVERLAP: TimeDelta = TimeDelta::minutes(30);
/// A process learns of a new key at the latest when it meets its first token; it asks at most so often.
const RELOAD: TimeDelta = TimeDelta::seconds(2);
const AUDIENCE: &str = "bellwether";
const PURPOSE: &str = "identity.signing_key";

/// Makes a new signing key; the one before goes on verifying what it signed.
#[derive(Debug, Serialize, Deserialize)]
pub struct RotateSigningKey {}

impl Job for RotateSigningKey {
    const KIND: &'static str = "identity.rotate_signing_key";

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// A signed token and its end.
#[derive(Debug)]
pub struct AccessToken {
    pub token: SecretString,
    pub expires_at: DateTime<Utc>,
}

/// What an access token says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    aud: String,
    pub(super) sub: Uuid,
    pub(super) sid: Uuid,
    iat: i64,
    pub(super) exp: i64,
}

/// The keys of this process; clones share them.
#[derive(Clone, Default)]
pub struct Keyring(Arc<RwLock<Keys>>);

#[derive(Default)]
struct Keys {
    signer: Option<(String, EncodingKey)>,
    verifiers: HashMap<String, DecodingKey>,
    loaded_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring")
    }
}

impl Keyring {
    /// Has a key to sign with; makes the first one. Call it before a transaction: it may need one of its own.
    pub(super) async fn ready(&self, platform: &Platform) -> Result<(), Error> {
        if self.0.read().is_ok_and(|keys| keys.signer.is_some() && !keys.is_stale(platform.clock.now())) {
            return Ok(());
        }
        self.load(platform).await?;
        if self.0.read().is_ok_and(|keys| keys.signer.is_none()) {
            rotate(platform, &Actor::system()).await?;
            self.load(platform).await?;
        }
        Ok(())
    }

    async fn load(&self, platform: &Platform) -> Result<(), Error> {
        let now = platform.clock.now();
        let rows = verifying(platform).await?;
        let mut fresh = Keys { loaded_at: Some(now), ..Keys::default() };
        for row in &rows {
            let key = DecodingKey::from_ed_components(&row.public_key);
            fresh.verifiers.insert(row.id.clone(), key.map_err(|_| Error::Corrupt("public key"))?);
        }
        if let Some(newest) = rows.iter().find(|row| row.retired_at.is_none()) {
            // Verifying needs no secret: whoever is signed in stays so when the master key is lost.
            match platform.vault.open(PURPOSE, &newest.private_key).await {
                Ok(der) => fresh.signer = Some((newest.id.clone(), EncodingKey::from_ed_der(&der))),
                Err(error) => tracing::warn!(%error, "Cannot open the signing key"),
            }
        }
        *self.0.write().map_err(|_| Error::Corrupt("keyring"))? = fresh;
        Ok(())
    }

    /// Signs a token; `ready` was called before.
    pub(super) fn sign(
        &self,
        now: DateTime<Utc>,
        account: Uuid,
        session: Uuid,
    ) -> Result<AccessToken, Error> {
        let keys = self.0.read().map_err(|_| Error::Corrupt("keyring"))?;
        let (id, key) = keys.signer.as_ref().ok_or(Error::Corrupt("signing key"))?;
        let expires_at = now + LIFETIME;
        let claims = Claims {
            aud: AUDIENCE.to_owned(),
            sub: account,
            sid: session,
            iat: now.timestamp(),
            exp: expires_at.timestamp(),
        };
        let header = Header { kid: Some(id.clone()), ..Header::new(Algorithm::EdDSA) };
        let token = encode(&header, &claims, key).map_err(|_| Error::Corrupt("signing key"))?;
        Ok(AccessToken { token: token.into(), expires_at })
    }

    /// What a token says, if it is ours and has not expired.
    pub(super) async fn verify(&self, platform: &Platform, token: &SecretString) -> Result<Claims, Error> {
        let token = token.expose_secret();
        let header =
            decode_header(token).map_err(|_| Error::BadToken("cannot be read; send it as you got it"))?;
        let id = header.kid.ok_or(Error::BadToken("names no key; it is not one of ours"))?;
        let now = platform.clock.now();
        let unknown = |keys: &Keys| !keys.verifiers.contains_key(&id) && keys.may_reload(now);
        if self.0.read().is_ok_and(|keys| unknown(&keys)) {
            self.load(platform).await?;
        }
        let keys = self.0.read().map_err(|_| Error::Corrupt("keyring"))?;
        let key = keys.verifiers.get(&id).ok_or(Error::BadToken("was signed with a key that is not ours"))?;
        // The algorithm is ours to choose: what the header says must agree, so `none` and HMAC never do.
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "aud", "sub"]);
        // By the product's clock, below.
        validation.validate_exp = false;
        let claims: Claims = decode(token, key, &validation)
            .map_err(|_| Error::BadToken("is not valid; sign in again"))?
            .claims;
        if claims.exp <= now.timestamp() {
            return Err(Error::BadToken("has expired; get another one with `refreshToken`"));
        }
        Ok(claims)
    }
}

impl Keys {
    fn may_reload(&self, now: DateTime<Utc>) -> bool {
        self.loaded_at.is_none_or(|loaded| now - loaded >= RELOAD)
    }

    /// Another process may have made a newer key.
    fn is_stale(&self, now: DateTime<Utc>) -> bool {
        self.loaded_at.is_none_or(|loaded| now - loaded >= OVERLAP / 2)
    }
}

/// The keys whose tokens are good, newest first.
async fn verifying(platform: &Platform) -> Result<Vec<Model>, Error> {
    let since = platform.clock.now() - OVERLAP;
    let still = Condition::any().add(Column::RetiredAt.is_null()).add(Column::RetiredAt.gt(since));
    let rows = Entity::find().filter(still).order_by_desc(Column::KnownAt).order_by_desc(Column::Id);
    Ok(rows.all(platform.db.connection()).await?)
}

/// Makes a new key and retires the ones before.
pub async fn rotate(platform: &Platform, actor: &Actor) -> Result<(), Error> {
    let seed: [u8; 32] = rand::rng().random();
    let key = SigningKey::from_bytes(&seed);
    let der = key.to_pkcs8_der().map_err(|_| Error::Corrupt("signing key"))?;
    let private_key = platform.vault.seal(PURPOSE, der.as_bytes()).await?;
    let public_key = URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes());
    let id = hex(&rand::rng().random::<[u8; 8]>());
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    Entity::update_many()
        .col_expr(Column::RetiredAt, Expr::val(now))
        .filter(Column::RetiredAt.is_null())
        .exec(&txn)
        .await?;
    let row = ActiveModel {
        id: Set(id.clone()),
        public_key: Set(public_key),
        private_key: Set(private_key),
        known_at: Set(now),
        retired_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(&txn).await?;
    audit::record(&txn, now, actor, Act::new("identity.rotate_signing_key").named("signing_key", &id))
        .await?;
    txn.commit().await?;
    Ok(())
}

/// The public keys as a JSON Web Key Set (RFC 7517, RFC 8037).
pub async fn key_set(platform: &Platform) -> Result<Value, Error> {
    let keys: Vec<Value> = verifying(platform)
        .await?
        .into_iter()
        .map(|row| {
            json!({
                "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": row.id, "x": row.public_key
            })
        })
        .collect();
    Ok(json!({ "keys": keys }))
}
