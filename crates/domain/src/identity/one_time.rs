//! Tokens that work once: verified addresses, new passwords, recovery.

use super::{Error, secret};
use chrono::{DateTime, TimeDelta, Utc};
use entity::identity::one_time_token::{ActiveModel, Column, Entity, Purpose};
use platform::clock::Clock;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait, QueryFilter as _, sea_query::Expr,
};
use secrecy::SecretString;
use uuid::Uuid;

const fn lifetime(purpose: Purpose) -> TimeDelta {
    match purpose {
        Purpose::VerifyEmail => TimeDelta::days(1),
        Purpose::ResetPassword => TimeDelta::hours(1),
        // As long as the authenticator.
        Purpose::Recovery => TimeDelta::days(36_500),
    }
}

/// A new token; earlier ones of the same purpose stay good until they expire.
pub(super) async fn issue(
    db: &impl ConnectionTrait,
    clock: &Clock,
    account: Uuid,
    purpose: Purpose,
) -> Result<SecretString, Error> {
    let token = secret::issue("");
    store(db, clock, account, purpose, &token).await?;
    Ok(token)
}

pub(super) async fn store(
    db: &impl ConnectionTrait,
    clock: &Clock,
    account: Uuid,
    purpose: Purpose,
    token: &SecretString,
) -> Result<(), Error> {
    let now = clock.now();
    let row = ActiveModel {
        hash: Set(secret::hash(token)),
        account_id: Set(account),
        purpose: Set(purpose),
        known_at: Set(now),
        expires_at: Set(now + lifetime(purpose)),
        used_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The account that a good token was made for; the token stays good.
pub(super) async fn peek(
    db: &impl ConnectionTrait,
    clock: &Clock,
    token: &SecretString,
    purpose: Purpose,
) -> Result<Uuid, Error> {
    let good = Entity::find_by_id(secret::hash(token))
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(clock.now()));
    good.one(db).await?.map(|row| row.account_id).ok_or(Error::BadOneTimeToken)
}

/// Uses the token up; the account that it was made for.
pub(super) async fn spend(
    db: &impl ConnectionTrait,
    clock: &Clock,
    token: &SecretString,
    purpose: Purpose,
) -> Result<Uuid, Error> {
    let (hash, now) = (secret::hash(token), clock.now());
    // One statement decides, so of many at once one wins.
    let spent = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::val(now))
        .filter(Column::Hash.eq(&hash))
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec(db)
        .await?;
    if spent.rows_affected != 1 {
        return Err(Error::BadOneTimeToken);
    }
    let row = Entity::find_by_id(hash).one(db).await?;
    row.map(|row| row.account_id).ok_or(Error::BadOneTimeToken)
}

/// Withdraws all tokens of a purpose.
pub(super) async fn withdraw(
    db: &impl ConnectionTrait,
    account: Uuid,
    purpose: Purpose,
) -> Result<(), Error> {
    Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Purpose.eq(purpose))
        .exec(db)
        .await?;
    Ok(())
}

/// Deletes tokens that expired before `time`.
pub(super) async fn delete_expired(db: &impl ConnectionTrait, time: DateTime<Utc>) -> Result<u64, Error> {
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lt(time)).exec(db).await?.rows_affected)
}
