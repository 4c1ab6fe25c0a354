//! How a second factor comes, is replaced, and goes.
//!
//! A new secret waits beside the one that counts until its first code is confirmed, so nobody is ever between the two.

use super::{
    Access, Actor, Error, Member, Proof as _,
    account::{self, Email},
    audit::{self, Act},
    gatekeeper, password, recovery, session, totp,
    tries::{self, Familiar},
};
use entity::identity::account::{Column, Entity, Model as Account, Role};
use platform::Platform;
use sea_orm::{
    ColumnTrait as _, Condition, DatabaseTransaction, EntityTrait, QueryFilter as _, UpdateMany,
    sea_query::Expr,
};
use secrecy::SecretString;
use totp_rs::Secret;

const CHANGED: &str = "the second factor was changed meanwhile: begin again with `enrollTotp`";
const KEPT: &str = "administrators need a second factor: replace it with `enrollTotp` and `confirmTotp`";

/// What an authenticator needs.
#[derive(Debug)]
pub struct Enrolment {
    /// `otpauth://totp/…`.
    pub uri: SecretString,
    /// The secret in base 32, for typing.
    pub secret: SecretString,
    /// The URI as a QR code.
    pub qr_svg: SecretString,
}

/// Prepares a second factor, or another one in place of the present; it counts once its first code is confirmed.
///
/// Asks for the password again, where there is one, and for a fresh code of the present factor: an open session is not
/// enough to lock its owner out.
pub async fn enrol(
    platform: &Platform,
    access: &Access,
    password: Option<SecretString>,
) -> Result<Enrolment, Error> {
    let member = access.member()?;
    let row = session::account_of(platform, &member).await?;
    check_password(platform, &member, &row, password).await?;
    if row.totp_secret.is_some() {
        access.prove_totp(platform, member.user()).await?;
    }
    let secret = Secret::generate();
    let sealed = platform.vault.seal(&totp::purpose(row.id), secret.as_bytes()).await?;
    let base32 = secret.to_base32();
    let totp = totp::totp(secret, &row.email)?;
    let uri = totp.to_url().map_err(|_| Error::Corrupt("TOTP secret"))?;
    let svg = qrcode::QrCode::new(&uri).map_err(|_| Error::Corrupt("TOTP secret"))?;
    let svg = svg.render::<qrcode::render::svg::Color<'_>>().min_dimensions(240, 240).build();
    let change = of(&row).col_expr(Column::TotpNextSecret, Expr::val(sealed));
    // Beside the factor that was proven, even if another request is about to change it.
    let change = change.filter(match &row.totp_secret {
        Some(secret) => Column::TotpSecret.eq(secret),
        None => Column::TotpSecret.is_null(),
    });
    once(change.exec(platform.db.connection()).await?.rows_affected)?;
    Ok(Enrolment { uri: uri.into(), secret: base32.into(), qr_svg: svg.into() })
}

/// Takes the new second factor into use, in place of any before; returns ten codes that each stand in for it once.
pub async fn confirm(
    platform: &Platform,
    member: &Member,
    code: &SecretString,
) -> Result<Vec<SecretString>, Error> {
    let row = session::account_of(platform, member).await?;
    let Some(next) = row.totp_next_secret.as_deref() else {
        return Err(match row.totp_secret {
            Some(_) => Error::Conflict("a second factor is set up already"),
            None => Error::TotpRequired(totp::NONE_SET_UP),
        });
    };
    let attempt = totp::Attempt::begin(platform, member.user()).await?;
    let Some(step) = totp::matching_step(platform, &row, next, code).await? else {
        return Err(attempt.wrong().await);
    };
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let change = of(&row)
        .col_expr(Column::TotpSecret, Expr::val(next))
        .col_expr(Column::TotpNextSecret, Expr::val(None::<String>))
        .col_expr(Column::TotpConfirmedAt, Expr::val(now))
        // Steps are spent per secret: those of the one before mean nothing now.
        .col_expr(Column::TotpStep, Expr::val(step))
        // Of the very secret that the code was checked against.
        .filter(Column::TotpNextSecret.eq(next));
    once(change.exec(&txn).await?.rows_affected)?;
    // What was proven with the factor before counts no more.
    session::forget_totp(&txn, row.id).await?;
    session::mark_totp(&txn, now, member.session()).await?;
    let codes = recovery::issue(platform, &txn, row.id).await?;
    let action = match row.totp_secret {
        Some(_) => "identity.replace_totp",
        None => "identity.enroll_totp",
    };
    audit::record(&txn, now, member.actor(), Act::new(action).on("account", row.id)).await?;
    txn.commit().await?;
    gatekeeper::announce(platform, row.id).await;
    Ok(codes)
}

/// Takes away the second factor of a member who gives both the password and a fresh code; administrators keep theirs.
pub async fn remove(
    platform: &Platform,
    access: &Access,
    password: Option<SecretString>,
) -> Result<(), Error> {
    let member = access.member()?;
    let row = session::account_of(platform, &member).await?;
    if row.role == Role::Admin {
        return Err(Error::Conflict(KEPT));
    }
    let secret = row.totp_secret.as_deref().ok_or(Error::NotFound("second factor"))?;
    check_password(platform, &member, &row, password).await?;
    access.prove_totp(platform, member.user()).await?;
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    // As it was proven, and nobody has become an administrator meanwhile.
    let unchanged = Condition::all().add(Column::TotpSecret.eq(secret)).add(Column::Role.ne(Role::Admin));
    clear(&txn, &row, unchanged).await?;
    let act = Act::new("identity.remove_totp").on("account", row.id);
    audit::record(&txn, now, member.actor(), act).await?;
    txn.commit().await?;
    gatekeeper::announce(platform, row.id).await;
    Ok(())
}

/// Takes away the second factor of someone who lost both authenticator and codes, and ends all their sessions.
///
/// For someone at the machine, who knows whom they do it for.
pub async fn reset(platform: &Platform, email: &Email) -> Result<(), Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let row = account::by_email(&txn, email).await?.ok_or(Error::NotFound("account"))?;
    clear(&txn, &row, Condition::all()).await?;
    session::revoke_all(&txn, now, row.id).await?;
    let act = Act::new("identity.reset_totp").on("account", row.id);
    audit::record(&txn, now, &Actor::command(), act).await?;
    txn.commit().await?;
    gatekeeper::announce(platform, row.id).await;
    Ok(())
}

fn of(row: &Account) -> UpdateMany<Entity> {
    Entity::update_many().filter(Column::Id.eq(row.id))
}

fn once(changed: u64) -> Result<(), Error> {
    if changed == 1 { Ok(()) } else { Err(Error::Conflict(CHANGED)) }
}

async fn clear(txn: &DatabaseTransaction, row: &Account, condition: Condition) -> Result<(), Error> {
    let nothing = || Expr::val(None::<String>);
    let change = of(row)
        .col_expr(Column::TotpSecret, nothing())
        .col_expr(Column::TotpNextSecret, nothing())
        .col_expr(Column::TotpConfirmedAt, Expr::val(None::<chrono::DateTime<chrono::Utc>>))
        .col_expr(Column::TotpStep, Expr::val(None::<i64>))
        .filter(condition);
    once(change.exec(txn).await?.rows_affected)?;
    session::forget_totp(txn, row.id).await?;
    recovery::withdraw(txn, row.id).await
}

async fn check_password(
    platform: &Platform,
    member: &Member,
    row: &Account,
    password: Option<SecretString>,
) -> Result<(), Error> {
    if row.password_hash.is_none() {
        return Ok(());
    }
    tries::count(platform, "login", &row.email, &member.actor().origin, Familiar::Known).await?;
    if password::verify(password.unwrap_or_default(), row.password_hash.clone()).await? {
        return Ok(());
    }
    Err(Error::BadInput { field: "password", message: "the password is wrong".to_owned() })
}
