//! Second factors by RFC 6238: six digits, 30 seconds, one step of skew either way, each code once.

use super::{
    Error, Member, Proof, User, account,
    audit::{self, Act},
    gatekeeper, one_time, password, session,
    tries::{self, Familiar},
};
use crate::hex::hex;
use chrono::{DateTime, Utc};
use entity::identity::{
    account::{Column, Entity, Model as Account},
    one_time_token::Purpose,
    session as session_row,
};
use platform::Platform;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait, QueryFilter as _, UpdateMany, sea_query::Expr,
};
use secrecy::{ExposeSecret as _, SecretString};
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

const ISSUER: &str = "Bellwether";
const RECOVERY_CODES: usize = 10;
/// A recovery code, without its hyphens.
const RECOVERY_LENGTH: usize = 16;

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

/// Prepares a second factor; it counts once its first code is confirmed.
///
/// Asks for the password again, where there is one: an open session is not enough to lock its owner out.
pub async fn enrol(
    platform: &Platform,
    member: &Member,
    password: Option<SecretString>,
) -> Result<Enrolment, Error> {
    let row = session::account_of(platform, member).await?;
    count(platform, member.user()).await?;
    if row.password_hash.is_some()
        && !password::verify(password.unwrap_or_default(), row.password_hash.clone()).await?
    {
        return Err(Error::BadInput { field: "password", message: "the password is wrong".to_owned() });
    }
    if row.totp_confirmed_at.is_some() {
        return Err(Error::Conflict(SET_UP));
    }
    let secret = Secret::generate();
    let sealed = platform.vault.seal(&purpose(row.id), secret.as_bytes()).await?;
    let base32 = secret.to_base32();
    let totp = totp(secret, &row.email)?;
    let uri = totp.to_url().map_err(|_| Error::Corrupt("TOTP secret"))?;
    let svg = qrcode::QrCode::new(&uri).map_err(|_| Error::Corrupt("TOTP secret"))?;
    let svg = svg.render::<qrcode::render::svg::Color<'_>>().min_dimensions(240, 240).build();
    let change = Entity::update_many()
        .col_expr(Column::TotpSecret, Expr::val(sealed))
        .col_expr(Column::TotpStep, Expr::val(None::<i64>));
    unconfirmed(change, row.id, platform.db.connection()).await?;
    Ok(Enrolment { uri: uri.into(), secret: base32.into(), qr_svg: svg.into() })
}

/// Takes the second factor into use; returns ten codes that each stand in for it once.
pub async fn confirm(
    platform: &Platform,
    member: &Member,
    code: &SecretString,
) -> Result<Vec<SecretString>, Error> {
    let row = session::account_of(platform, member).await?;
    if row.totp_confirmed_at.is_some() {
        return Err(Error::Conflict(SET_UP));
    }
    count(platform, member.user()).await?;
    let step = matching_step(platform, &row, code).await?.ok_or(Error::TotpRequired(WRONG))?;
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    accept(&txn, row.id, step).await?;
    let account = row.id;
    // Of the very secret that the code was checked against.
    let change = Entity::update_many()
        .col_expr(Column::TotpConfirmedAt, Expr::val(now))
        .filter(Column::TotpSecret.eq(row.totp_secret));
    unconfirmed(change, account, &txn).await?;
    mark(&txn, now, member.session()).await?;
    let codes = new_recovery_codes(platform, &txn, account).await?;
    audit::record(&txn, now, member.actor(), Act::new("identity.enroll_totp").on("account", account)).await?;
    txn.commit().await?;
    gatekeeper::announce(platform, account).await;
    Ok(codes)
}

/// Changes an account that has no second factor yet, even if another request is about to give it one.
async fn unconfirmed(
    change: UpdateMany<Entity>,
    account: Uuid,
    db: &impl ConnectionTrait,
) -> Result<(), Error> {
    let change = change.filter(Column::Id.eq(account)).filter(Column::TotpConfirmedAt.is_null());
    if change.exec(db).await?.rows_affected == 1 { Ok(()) } else { Err(Error::Conflict(SET_UP)) }
}

/// Makes the session's second factor fresh, by a code of the authenticator or a recovery code.
pub async fn verify(
    platform: &Platform,
    member: &Member,
    code: &SecretString,
) -> Result<DateTime<Utc>, Error> {
    count(platform, member.user()).await?;
    let row = confirmed(platform, member.account()).await?;
    let now = platform.clock.now();
    let step = matching_step(platform, &row, code).await?;
    let txn = platform.db.begin().await?;
    let action = match step {
        Some(step) => {
            accept(&txn, row.id, step).await?;
            "identity.verify_totp"
        }
        None if is_recovery_code(code) => {
            let code = normal(code);
            let owner = one_time::spend(&txn, &platform.clock, &code, Purpose::Recovery).await;
            if owner.ok() != Some(row.id) {
                return Err(Error::TotpRequired(WRONG));
            }
            "identity.use_recovery_code"
        }
        None => return Err(Error::TotpRequired(WRONG)),
    };
    mark(&txn, now, member.session()).await?;
    audit::record(&txn, now, member.actor(), Act::new(action).on("session", member.session())).await?;
    txn.commit().await?;
    gatekeeper::announce(platform, row.id).await;
    Ok(now)
}

/// Uses up a code that came with a request.
pub(super) async fn spend(platform: &Platform, user: &User, code: &SecretString) -> Result<(), Error> {
    count(platform, user).await?;
    let row = confirmed(platform, user.account()).await?;
    let step = matching_step(platform, &row, code).await?.ok_or(Error::TotpRequired(WRONG))?;
    accept(platform.db.connection(), row.id, step).await
}

const SET_UP: &str = "a second factor is set up already";
const WRONG: &str = "this TOTP code is wrong: give the one that the authenticator shows now";
const REPLAYED: &str = "this TOTP code was used before: wait for the next one, at most 30 s";
const NONE_SET_UP: &str = "this needs a second factor: set one up with `enrollTotp` and `confirmTotp`";

async fn count(platform: &Platform, user: &User) -> Result<(), Error> {
    let origin = &user.actor().origin;
    // Whoever gets here knows the password, or has a key.
    tries::count(platform, "totp", &user.account().to_string(), origin, Familiar::Stranger).await
}

async fn confirmed(platform: &Platform, account: Uuid) -> Result<Account, Error> {
    let row = account::get_in(platform.db.connection(), account).await?;
    if row.totp_confirmed_at.is_some() { Ok(row) } else { Err(Error::TotpRequired(NONE_SET_UP)) }
}

fn purpose(account: Uuid) -> String {
    format!("identity.totp:{account}")
}

fn totp(secret: Secret, email: &str) -> Result<Totp, Error> {
    // A colon would end the issuer's part of the label.
    let label = email.replace(':', " ");
    let builder = Builder::new().with_secret(secret).with_skew(1);
    let builder = builder.with_account_name(label).with_issuer(Some(ISSUER));
    builder.build().map_err(|_| Error::Corrupt("TOTP secret"))
}

/// The time step that `code` belongs to, now or one step before or after.
async fn matching_step(
    platform: &Platform,
    row: &Account,
    code: &SecretString,
) -> Result<Option<i64>, Error> {
    let sealed = row.totp_secret.as_deref().ok_or(Error::TotpRequired(NONE_SET_UP))?;
    let secret = platform.vault.open(&purpose(row.id), sealed).await?;
    let totp = totp(Secret::from(secret.as_slice()), &row.email)?;
    let now = u64::try_from(platform.clock.now().timestamp()).unwrap_or(0);
    Ok(totp.check(code.expose_secret().trim(), now).and_then(|step| i64::try_from(step).ok()))
}

/// Accepts a step once: of many at once, in whatever process, one statement wins.
async fn accept(db: &impl ConnectionTrait, account: Uuid, step: i64) -> Result<(), Error> {
    let later = Condition::any().add(Column::TotpStep.is_null()).add(Column::TotpStep.lt(step));
    let accepted = Entity::update_many()
        .col_expr(Column::TotpStep, Expr::val(step))
        .filter(Column::Id.eq(account))
        .filter(later)
        .exec(db)
        .await?;
    if accepted.rows_affected == 1 { Ok(()) } else { Err(Error::TotpRequired(REPLAYED)) }
}

async fn mark(db: &impl ConnectionTrait, now: DateTime<Utc>, session: Uuid) -> Result<(), Error> {
    session_row::Entity::update_many()
        .col_expr(session_row::Column::TotpVerifiedAt, Expr::val(now))
        .filter(session_row::Column::Id.eq(session))
        .exec(db)
        .await?;
    Ok(())
}

async fn new_recovery_codes(
    platform: &Platform,
    db: &impl ConnectionTrait,
    account: Uuid,
) -> Result<Vec<SecretString>, Error> {
    one_time::withdraw(db, account, Purpose::Recovery).await?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        // 64 random bits.
        let code: SecretString = hex(&rand::random::<[u8; RECOVERY_LENGTH / 2]>()).into();
        one_time::store(db, &platform.clock, account, Purpose::Recovery, &code).await?;
        codes.push(grouped(&code));
    }
    Ok(codes)
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

fn is_recovery_code(code: &SecretString) -> bool {
    normal(code).expose_secret().len() == RECOVERY_LENGTH
}
