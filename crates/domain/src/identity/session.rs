//! Sessions: opened by a sign-in, kept alive by refresh tokens that work once, ended by logout or theft.

use super::{
    Actor, Error, Keyring, Member, Origin, Proof as _, account,
    audit::{self, Act},
    gatekeeper::announce,
    secret,
    signing::AccessToken,
};
use chrono::{DateTime, TimeDelta, Utc};
pub use entity::identity::session::Model as Row;
use entity::identity::{
    account::Model as Account,
    refresh_token,
    session::{ActiveModel, Column, Entity},
};
use platform::Platform;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait,
    DatabaseTransaction, EntityTrait, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
    sea_query::Expr,
};
use secrecy::SecretString;
use uuid::Uuid;

/// How long a session lives without a refresh.
const LIFETIME: TimeDelta = TimeDelta::days(7);
const LONGEST_AGENT: usize = 300;

/// A session with the tokens to go on with.
#[derive(Debug)]
pub struct SignedIn {
    pub account: Account,
    pub session: Row,
    pub access: AccessToken,
    pub refresh_token: SecretString,
}

/// Opens a session in `txn`, which the caller commits; `action` is what the audit calls it.
pub(super) async fn open(
    txn: &DatabaseTransaction,
    (platform, keyring): (&Platform, &Keyring),
    origin: &Origin,
    account: Account,
    action: &'static str,
) -> Result<SignedIn, Error> {
    let now = platform.clock.now();
    let agent = origin.user_agent.as_ref().map(|agent| agent.chars().take(LONGEST_AGENT).collect());
    let session = Row {
        id: Uuid::now_v7(),
        account_id: account.id,
        known_at: now,
        last_used_at: now,
        expires_at: now + LIFETIME,
        address: origin.address(),
        user_agent: agent,
        totp_verified_at: None,
        revoked_at: None,
    };
    Entity::insert(session.clone().into_active_model().reset_all()).exec_without_returning(txn).await?;
    let refresh_token = issue_refresh(txn, now, session.id).await?;
    let actor = Actor::session(account.id, session.id, origin);
    audit::record(txn, now, &actor, Act::new(action).on("session", session.id)).await?;
    let access = keyring.sign(now, account.id, session.id)?;
    Ok(SignedIn { account, session, access, refresh_token })
}

async fn issue_refresh(
    txn: &DatabaseTransaction,
    now: DateTime<Utc>,
    session: Uuid,
) -> Result<SecretString, Error> {
    let token = secret::issue("bwr_");
    let row = refresh_token::ActiveModel {
        hash: Set(secret::hash(&token)),
        session_id: Set(session),
        known_at: Set(now),
        used_at: Set(None),
    };
    refresh_token::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(token)
}

/// Trades a refresh token for fresh tokens.
///
/// A token that comes a second time was stolen, by the first or by the second who sent it: the session ends.
pub async fn refresh(
    platform: &Platform,
    keyring: &Keyring,
    origin: &Origin,
    token: &SecretString,
) -> Result<SignedIn, Error> {
    keyring.ready(platform).await?;
    let (hash, now) = (secret::hash(token), platform.clock.now());
    let txn = platform.db.begin().await?;
    let spent = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::val(now))
        .filter(refresh_token::Column::Hash.eq(&hash))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(&txn)
        .await?;
    let row = refresh_token::Entity::find_by_id(hash).one(&txn).await?.ok_or(Error::BadRefreshToken)?;
    let (session, account) = live(&txn, now, row.session_id).await?.ok_or(Error::BadRefreshToken)?;
    if spent.rows_affected != 1 {
        revoke_in(&txn, now, session.id).await?;
        let actor = Actor::anonymous(origin);
        let act = Act::new("identity.refresh_token_reused").on("session", session.id);
        audit::record(&txn, now, &actor, act).await?;
        txn.commit().await?;
        tracing::warn!(session.id = %session.id, "A used refresh token came again; the session is ended");
        announce(platform, account.id).await;
        return Err(Error::BadRefreshToken);
    }
    let refresh_token = issue_refresh(&txn, now, session.id).await?;
    let session = ActiveModel {
        last_used_at: Set(now),
        expires_at: Set(now + LIFETIME),
        ..session.into_active_model()
    };
    let session = session.update(&txn).await?;
    txn.commit().await?;
    let access = keyring.sign(now, account.id, session.id)?;
    Ok(SignedIn { account, session, access, refresh_token })
}

/// The session and its account, if it still lives.
pub(super) async fn live(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    session: Uuid,
) -> Result<Option<(Row, Account)>, Error> {
    let found = Entity::find_by_id(session)
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .find_also_related(entity::identity::account::Entity)
        .one(db)
        .await?;
    Ok(found.and_then(|(session, account)| Some((session, account.filter(|row| row.deleted_at.is_none())?))))
}

/// The sessions of an account that live, newest first.
pub async fn list(platform: &Platform, account: Uuid) -> Result<Vec<Row>, Error> {
    let rows = Entity::find()
        .filter(alive(account))
        .filter(Column::ExpiresAt.gt(platform.clock.now()))
        .order_by_desc(Column::KnownAt)
        .order_by_desc(Column::Id);
    Ok(rows.all(platform.db.connection()).await?)
}

fn alive(account: Uuid) -> Condition {
    Condition::all().add(Column::AccountId.eq(account)).add(Column::RevokedAt.is_null())
}

/// Ends one of the member's sessions.
pub async fn revoke(platform: &Platform, member: &Member, session: Uuid) -> Result<(), Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let found = Entity::find_by_id(session).filter(alive(member.account())).one(&txn).await?;
    found.ok_or(Error::NotFound("session"))?;
    revoke_in(&txn, now, session).await?;
    audit::record(&txn, now, member.actor(), Act::new("identity.logout").on("session", session)).await?;
    txn.commit().await?;
    announce(platform, member.account()).await;
    Ok(())
}

async fn revoke_in(txn: &DatabaseTransaction, now: DateTime<Utc>, session: Uuid) -> Result<(), Error> {
    let update = Entity::update_many().col_expr(Column::RevokedAt, Expr::val(now));
    update.filter(Column::Id.eq(session)).exec(txn).await?;
    Ok(())
}

/// Ends all sessions of an account.
pub(super) async fn revoke_all(
    txn: &DatabaseTransaction,
    now: DateTime<Utc>,
    account: Uuid,
) -> Result<(), Error> {
    let update = Entity::update_many().col_expr(Column::RevokedAt, Expr::val(now));
    update.filter(alive(account)).exec(txn).await?;
    Ok(())
}

/// Deletes sessions, with their tokens, that ended before `time`.
pub(super) async fn delete_ended(db: &impl ConnectionTrait, time: DateTime<Utc>) -> Result<u64, Error> {
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lt(time)).exec(db).await?.rows_affected)
}

/// Whether the account was signed in to from this address before.
pub(super) async fn knows(db: &impl ConnectionTrait, account: Uuid, origin: &Origin) -> Result<bool, Error> {
    let Some(address) = origin.address() else { return Ok(false) };
    let known = Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Address.eq(address));
    Ok(known.one(db).await?.is_some())
}

/// Whether a second factor was given before, in the actor's session or in another from the same address.
pub(super) async fn gave_totp(
    db: &impl ConnectionTrait,
    account: Uuid,
    actor: &Actor,
) -> Result<bool, Error> {
    let same = Condition::any()
        .add_option(actor.session.map(|session| Column::Id.eq(session)))
        .add_option(actor.origin.address().map(|address| Column::Address.eq(address)));
    if same.is_empty() {
        return Ok(false);
    }
    let given =
        Entity::find().filter(Column::AccountId.eq(account)).filter(Column::TotpVerifiedAt.is_not_null());
    Ok(given.filter(same).one(db).await?.is_some())
}

/// Notes that a second factor was given in a session.
pub(super) async fn mark_totp(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    session: Uuid,
) -> Result<(), Error> {
    let update = Entity::update_many().col_expr(Column::TotpVerifiedAt, Expr::val(now));
    update.filter(Column::Id.eq(session)).exec(db).await?;
    Ok(())
}

/// Forgets that a second factor was ever given in the account's sessions.
pub(super) async fn forget_totp(db: &impl ConnectionTrait, account: Uuid) -> Result<(), Error> {
    let update = Entity::update_many().col_expr(Column::TotpVerifiedAt, Expr::val(None::<DateTime<Utc>>));
    update.filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}

/// The member's session and account, as they are now.
pub async fn get(platform: &Platform, member: &Member) -> Result<(Row, Account), Error> {
    let live = live(platform.db.connection(), platform.clock.now(), member.session()).await?;
    live.ok_or(Error::NotFound("session"))
}

/// The account of a member.
pub async fn account_of(platform: &Platform, proof: &impl super::Proof) -> Result<Account, Error> {
    account::get_in(platform.db.connection(), proof.account()).await
}
