//! Leaving: what is personal goes, what others rely on stays under a name that means nothing.

use super::{
    Access, Error, Member, Proof as _, account,
    audit::{self, Act},
    gatekeeper, idempotency, password,
    tries::{self, Familiar},
};
use crate::archive;
use entity::identity::{
    account::{ActiveModel, Column, Entity, Model as Account, Role},
    api_key, one_time_token, session,
};
use platform::Platform;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, DatabaseTransaction, EntityTrait,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use secrecy::SecretString;
use uuid::Uuid;

/// Deletes the account of whoever asks and proves to be its owner: by a TOTP code where there is a second factor, else
/// by the password.
///
/// Sessions, keys, tokens and archives go at once. A row without personal data stays, so that the audit log keeps its meaning.
pub async fn delete_account(
    platform: &Platform,
    access: &Access,
    password: Option<SecretString>,
) -> Result<(), Error> {
    let member = access.member()?;
    let row = account::get_in(platform.db.connection(), member.account()).await?;
    confirm(platform, access, &member, &row, password).await?;
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    // As it is now: a role may have changed since.
    let row = lock_unless_last_admin(&txn, row.id).await?;
    let account = row.id;
    idempotency::delete_of(&txn, account).await?;
    session::Entity::delete_many().filter(session::Column::AccountId.eq(account)).exec(&txn).await?;
    api_key::Entity::delete_many().filter(api_key::Column::AccountId.eq(account)).exec(&txn).await?;
    let tokens = one_time_token::Entity::delete_many();
    tokens.filter(one_time_token::Column::AccountId.eq(account)).exec(&txn).await?;
    archive::delete_of(&txn, account).await?;
    let tombstone = ActiveModel {
        email: Set(format!("deleted:{account}")),
        email_verified_at: Set(None),
        password_hash: Set(None),
        google_subject: Set(None),
        display_name: Set(None),
        time_zone: Set("UTC".to_owned()),
        totp_secret: Set(None),
        totp_next_secret: Set(None),
        totp_confirmed_at: Set(None),
        totp_step: Set(None),
        updated_at: Set(now),
        deleted_at: Set(Some(now)),
        ..row.into_active_model()
    };
    tombstone.update(&txn).await?;
    audit::record(&txn, now, member.actor(), Act::new("identity.delete_account").on("account", account))
        .await?;
    txn.commit().await?;
    gatekeeper::announce(platform, account).await;
    Ok(())
}

async fn confirm(
    platform: &Platform,
    access: &Access,
    member: &Member,
    row: &Account,
    password: Option<SecretString>,
) -> Result<(), Error> {
    if row.totp_confirmed_at.is_some() {
        return access.prove_totp(platform, member.user()).await;
    }
    let origin = &access.origin;
    tries::count(platform, "login", &row.email, origin, Familiar::Known).await?;
    if password::verify(password.unwrap_or_default(), row.password_hash.clone()).await? {
        return Ok(());
    }
    Err(Error::BadInput { field: "password", message: "the password is wrong".to_owned() })
}

/// The account, which may cease to be an administrator's in `txn`; refused if there is no other administrator, since only
/// someone at the machine could make one.
///
/// Of two administrators who go at the same moment the second waits for the first, and then sees that it is the last.
pub(super) async fn lock_unless_last_admin(
    txn: &DatabaseTransaction,
    account: Uuid,
) -> Result<Account, Error> {
    let concerned = Condition::any().add(Column::Role.eq(Role::Admin)).add(Column::Id.eq(account));
    // All in one order, so that nobody waits in a circle. SQLite has one writer at a time, and no such locks.
    let rows = Entity::find()
        .filter(concerned)
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(txn)
        .await?;
    let admins = rows.iter().filter(|row| row.role == Role::Admin).count();
    let row = rows.into_iter().find(|row| row.id == account).ok_or(Error::NotFound("account"))?;
    if row.role == Role::Admin && admins == 1 {
        return Err(Error::Conflict("you are the only administrator: give someone else the role first"));
    }
    Ok(row)
}
