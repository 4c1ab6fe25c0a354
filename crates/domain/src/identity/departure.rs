//! Leaving: what is personal goes, what others rely on stays under a name that means nothing.

use super::{
    Access, Error, Member, Proof as _, account,
    audit::{self, Act},
    gatekeeper, password, totp,
    tries::{self, Familiar},
};
use crate::archive;
use entity::identity::{
    account::{ActiveModel, Column, Entity, Model as Account, Role},
    api_key, one_time_token, session,
};
use platform::Platform;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _,
};
use secrecy::SecretString;

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
    let row = account::get_in(&txn, row.id).await?;
    refuse_last_admin(&txn, &row).await?;
    let account = row.id;
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
        return match &access.code {
            Some(code) => totp::spend(platform, member.user(), code).await,
            None if access.has_fresh_totp(platform.clock.now()) => Ok(()),
            None => Err(Error::TotpRequired(
                "this needs a fresh TOTP code: call `verifyTotp` first, or send the code as the header `X-TOTP`",
            )),
        };
    }
    let origin = &access.origin;
    tries::count(platform, "login", &row.email, origin, Familiar::Known).await?;
    if password::verify(password.unwrap_or_default(), row.password_hash.clone()).await? {
        return Ok(());
    }
    Err(Error::BadInput { field: "password", message: "the password is wrong".to_owned() })
}

/// Nobody could make another one but someone at the machine.
pub(super) async fn refuse_last_admin(txn: &DatabaseTransaction, row: &Account) -> Result<(), Error> {
    if row.role != Role::Admin {
        return Ok(());
    }
    let admins = Entity::find().filter(Column::Role.eq(Role::Admin)).filter(Column::DeletedAt.is_null());
    if admins.count(txn).await? > 1 {
        return Ok(());
    }
    Err(Error::Conflict("you are the only administrator: give someone else the role first"))
}
