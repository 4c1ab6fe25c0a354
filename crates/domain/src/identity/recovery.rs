//! Ten codes on paper, for when the authenticator is lost: each stands in for it once.

use super::{
    Access, Error, Proof as _,
    audit::{self, Act},
    one_time, totp,
};
use entity::identity::{
    account::{Column, Entity},
    one_time_token::Purpose,
};
use platform::Platform;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    sea_query::Expr,
};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

const COUNT: usize = 10;
/// Of a code, without its hyphens.
const LENGTH: usize = 16;

/// Ten new codes, for whoever gives a fresh TOTP code; the ones before are withdrawn.
pub async fn renew(platform: &Platform, access: &Access) -> Result<Vec<SecretString>, Error> {
    let member = access.member()?;
    access.prove_totp(platform, member.user()).await?;
    let (account, now) = (member.account(), platform.clock.now());
    let txn = platform.db.begin().await?;
    // Locks the row, so that two at once do not leave twenty codes.
    let held = Entity::update_many()
        .col_expr(Column::UpdatedAt, Expr::val(now))
        .filter(Column::Id.eq(account))
        .filter(Column::TotpSecret.is_not_null());
    if held.exec(&txn).await?.rows_affected != 1 {
        return Err(Error::TotpRequired(totp::NONE_SET_UP));
    }
    let codes = issue(platform, &txn, account).await?;
    let act = Act::new("identity.renew_recovery_codes").on("account", account);
    audit::record(&txn, now, member.actor(), act).await?;
    txn.commit().await?;
    Ok(codes)
}

/// New codes in place of the ones before; the caller has locked the account's row.
pub(super) async fn issue(
    platform: &Platform,
    txn: &DatabaseTransaction,
    account: Uuid,
) -> Result<Vec<SecretString>, Error> {
    withdraw(txn, account).await?;
    let mut codes = Vec::with_capacity(COUNT);
    for _ in 0..COUNT {
        // 64 random bits.
        let code: SecretString = platform::hex(&rand::random::<[u8; LENGTH / 2]>()).into();
        one_time::store(txn, &platform.clock, account, Purpose::Recovery, &code).await?;
        codes.push(grouped(&code));
    }
    Ok(codes)
}

pub(super) async fn withdraw(db: &impl ConnectionTrait, account: Uuid) -> Result<(), Error> {
    one_time::withdraw(db, account, Purpose::Recovery).await
}

/// Uses up `code` if it is one of the account's; tells whether it is. What another's code loses by it, a rollback gives back.
pub(super) async fn spend(
    platform: &Platform,
    txn: &DatabaseTransaction,
    account: Uuid,
    code: &SecretString,
) -> Result<bool, Error> {
    let code = normal(code);
    if code.expose_secret().len() != LENGTH {
        return Ok(false);
    }
    match one_time::spend(txn, &platform.clock, &code, Purpose::Recovery).await {
        Ok(owner) => Ok(owner == account),
        Err(Error::BadOneTimeToken) => Ok(false),
        Err(error) => Err(error),
    }
}

/// In groups of four, for people.
fn grouped(code: &SecretString) -> SecretString {
    let text = code.expose_secret();
    let groups: Vec<&str> = (0..text.len()).step_by(4).map(|start| &text[start..start + 4]).collect();
    groups.join("-").into()
}

fn normal(code: &SecretString) -> SecretString {
    let text: String = code.expose_secret().chars().filter(char::is_ascii_hexdigit).collect();
    text.to_lowercase().into()
}
