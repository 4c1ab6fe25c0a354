//! API keys: credentials of programs, with less than their owner may.

use super::{
    Access, Error, Member, Proof as _, Scope,
    audit::{self, Act},
    gatekeeper::{self, Credential},
    secret,
};
use chrono::{DateTime, TimeDelta, Utc};
pub use entity::identity::api_key::Model as Row;
use entity::identity::{
    account,
    api_key::{ActiveModel, Column, Entity},
};
use platform::Platform;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::Expr,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use uuid::Uuid;

/// What every key begins with, so that a leaked one is known for what it is.
pub const PREFIX: &str = "bw_";
const SHOWN: usize = 10;
const MOST: usize = 50;
const USED_PERIOD: TimeDelta = TimeDelta::minutes(1);
/// Requests an hour for a key of which nothing else is said.
const REQUESTS_PER_HOUR: i32 = 1000;
const MOST_REQUESTS_PER_HOUR: i32 = 100_000;

/// What a new key shall be.
#[derive(Clone, Debug)]
pub struct NewKey {
    pub name: String,
    pub scopes: Vec<Scope>,
    pub expires_at: Option<DateTime<Utc>>,
    pub requests_per_hour: Option<i32>,
}

/// Makes a key; its text is shown this once.
///
/// One that can act as an administrator stands in for the second factor, so it asks for a fresh code.
pub async fn create(platform: &Platform, access: &Access, new: NewKey) -> Result<(Row, SecretString), Error> {
    let member = access.member()?;
    if new.scopes.contains(&Scope::Admin) {
        access.fresh_totp(platform).await?;
    }
    let now = platform.clock.now();
    let requests_per_hour = new.requests_per_hour.unwrap_or(REQUESTS_PER_HOUR);
    check(&new, requests_per_hour, now)?;
    let key = secret::issue(PREFIX);
    let row = Row {
        id: Uuid::now_v7(),
        account_id: member.account(),
        name: new.name.trim().to_owned(),
        prefix: key.expose_secret().chars().take(SHOWN).collect(),
        hash: secret::hash(&key),
        scopes: new.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" "),
        requests_per_hour,
        known_at: now,
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    let txn = platform.db.begin().await?;
    let live = live(member.account()).limit(MOST as u64 + 1).all(&txn).await?;
    if live.len() >= MOST {
        return Err(Error::Conflict("an account has at most 50 API keys: revoke one first"));
    }
    Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(&txn).await?;
    let act = Act::new("identity.create_api_key").on("api_key", row.id).made(
        json!({ "name": row.name, "prefix": row.prefix, "scopes": row.scopes, "expiresAt": row.expires_at }),
    );
    audit::record(&txn, now, member.actor(), act).await?;
    txn.commit().await?;
    Ok((row, key))
}

fn check(new: &NewKey, requests_per_hour: i32, now: DateTime<Utc>) -> Result<(), Error> {
    let bad = |field, message: String| Err(Error::BadInput { field, message });
    let length = new.name.trim().chars().count();
    if !(1..=100).contains(&length) || new.name.chars().any(char::is_control) {
        return bad("name", "a name has 1 to 100 characters".to_owned());
    }
    if new.scopes.is_empty() {
        return bad("scopes", "give at least one scope".to_owned());
    }
    if new.expires_at.is_some_and(|end| end <= now) {
        return bad("expiresAt", "this time has passed".to_owned());
    }
    if !(1..=MOST_REQUESTS_PER_HOUR).contains(&requests_per_hour) {
        return bad("requestsPerHour", format!("write a number from 1 to {MOST_REQUESTS_PER_HOUR}"));
    }
    Ok(())
}

fn live(account: Uuid) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::AccountId.eq(account)).filter(Column::RevokedAt.is_null())
}

/// The account's keys that are not revoked, newest first.
pub async fn list(platform: &Platform, account: Uuid) -> Result<Vec<Row>, Error> {
    Ok(live(account).order_by_desc(Column::KnownAt).all(platform.db.connection()).await?)
}

/// Withdraws a key, at once and for open sockets too.
pub async fn revoke(platform: &Platform, member: &Member, key: Uuid) -> Result<Row, Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let row = live(member.account()).filter(Column::Id.eq(key)).one(&txn).await?;
    let row = row.ok_or(Error::NotFound("API key"))?;
    let row = ActiveModel { revoked_at: Set(Some(now)), ..row.into_active_model() }.update(&txn).await?;
    audit::record(&txn, now, member.actor(), Act::new("identity.revoke_api_key").on("api_key", key)).await?;
    txn.commit().await?;
    gatekeeper::announce(platform, member.account()).await;
    Ok(row)
}

/// Withdraws all keys of an account.
pub(super) async fn revoke_all(
    txn: &DatabaseTransaction,
    now: DateTime<Utc>,
    account: Uuid,
) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::val(now))
        .filter(Column::AccountId.eq(account))
        .filter(Column::RevokedAt.is_null())
        .exec(txn)
        .await?;
    Ok(())
}

/// Who holds `key`.
pub(super) async fn check_key(platform: &Platform, key: &SecretString) -> Result<Credential, Error> {
    let (db, now) = (platform.db.connection(), platform.clock.now());
    let found = Entity::find()
        .filter(Column::Hash.eq(secret::hash(key)))
        .filter(Column::RevokedAt.is_null())
        .find_also_related(account::Entity)
        .one(db)
        .await?;
    let (row, account) = found.ok_or(Error::BadKey)?;
    let account = account.filter(|account| account.deleted_at.is_none()).ok_or(Error::BadKey)?;
    if row.expires_at.is_some_and(|end| end <= now) {
        return Err(Error::BadKey);
    }
    if row.last_used_at.is_none_or(|used| now - used > USED_PERIOD) {
        let update = Entity::update_many().col_expr(Column::LastUsedAt, Expr::val(now));
        update.filter(Column::Id.eq(row.id)).exec(db).await?;
    }
    Ok(Credential {
        account: account.id,
        role: account.role,
        session: None,
        totp_verified_at: None,
        has_totp: account.totp_confirmed_at.is_some(),
        key: Some(row.id),
        scopes: scopes(&row),
        requests_per_hour: u32::try_from(row.requests_per_hour).ok(),
        expires_at: row.expires_at,
    })
}

/// What the key is good for.
pub fn scopes(row: &Row) -> Vec<Scope> {
    Scope::ALL.into_iter().filter(|scope| row.scopes.split(' ').any(|word| word == scope.name())).collect()
}
