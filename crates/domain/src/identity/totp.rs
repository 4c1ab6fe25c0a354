//! Codes of second factors by RFC 6238: six digits, 30 seconds, one step of skew either way, each code once.

use super::{
    Error, Member, Proof as _, User, account,
    audit::{self, Act},
    gatekeeper, recovery, session,
    tries::{self, Familiar},
};
use chrono::{DateTime, Utc};
use entity::identity::account::{Column, Entity, Model as Account};
use platform::Platform;
use sea_orm::{ColumnTrait as _, Condition, ConnectionTrait, EntityTrait, QueryFilter as _, sea_query::Expr};
use secrecy::{ExposeSecret as _, SecretString};
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

const ISSUER: &str = "Bellwether";
/// What the brakes on guessing call it.
const WHAT: &str = "totp";

pub(super) const NONE_SET_UP: &str =
    "this needs a second factor: set one up with `enrollTotp` and `confirmTotp`";
const WRONG: &str = "this TOTP code is wrong: give the one that the authenticator shows now";
const REPLAYED: &str = "this TOTP code was used before: wait for the next one, at most 30 s";

/// Makes the session's second factor fresh, by a code of the authenticator or a recovery code.
pub async fn verify(
    platform: &Platform,
    member: &Member,
    code: &SecretString,
) -> Result<DateTime<Utc>, Error> {
    let attempt = Attempt::begin(platform, member.user()).await?;
    let (row, secret) = confirmed(platform, member.account()).await?;
    let now = platform.clock.now();
    let step = matching_step(platform, &row, &secret, code).await?;
    let txn = platform.db.begin().await?;
    let action = match step {
        Some(step) => {
            accept(&txn, &row, step).await?;
            "identity.verify_totp"
        }
        None if recovery::spend(platform, &txn, row.id, code).await? => "identity.use_recovery_code",
        None => {
            // Before the count: it may have to wait, and the transaction keeps others waiting.
            txn.rollback().await?;
            return Err(attempt.wrong().await);
        }
    };
    session::mark_totp(&txn, now, member.session()).await?;
    audit::record(&txn, now, member.actor(), Act::new(action).on("session", member.session())).await?;
    txn.commit().await?;
    gatekeeper::announce(platform, row.id).await;
    Ok(now)
}

/// Uses up a code that came with a request.
pub(super) async fn spend(platform: &Platform, user: &User, code: &SecretString) -> Result<(), Error> {
    let attempt = Attempt::begin(platform, user).await?;
    let (row, secret) = confirmed(platform, user.account()).await?;
    match matching_step(platform, &row, &secret, code).await? {
        Some(step) => accept(platform.db.connection(), &row, step).await,
        None => Err(attempt.wrong().await),
    }
}

/// A try at someone's second factor.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    platform: &'a Platform,
    account: Uuid,
    familiar: Familiar,
}

impl<'a> Attempt<'a> {
    /// Counts it; refused when there were too many.
    pub(super) async fn begin(platform: &'a Platform, user: &User) -> Result<Self, Error> {
        let (account, actor) = (user.account(), user.actor());
        // Whoever gets here knows the password, or has a key: only a right code before tells the owner's places.
        let familiar = if session::gave_totp(platform.db.connection(), account, actor).await? {
            Familiar::Known
        } else {
            Familiar::Stranger
        };
        let name = account.to_string();
        tries::count(platform, WHAT, &name, &actor.origin, familiar).await?;
        if familiar == Familiar::Stranger {
            tries::refuse_after_wrong(platform, WHAT, &name).await?;
        }
        Ok(Self { platform, account, familiar })
    }

    /// It was wrong.
    pub(super) async fn wrong(self) -> Error {
        if self.familiar == Familiar::Stranger {
            tries::count_wrong(self.platform, WHAT, &self.account.to_string()).await;
        }
        Error::TotpRequired(WRONG)
    }
}

/// The account and its second factor, sealed.
async fn confirmed(platform: &Platform, account: Uuid) -> Result<(Account, String), Error> {
    let row = account::get_in(platform.db.connection(), account).await?;
    let secret = row.totp_secret.clone().filter(|_| row.totp_confirmed_at.is_some());
    secret.map(|secret| (row, secret)).ok_or(Error::TotpRequired(NONE_SET_UP))
}

/// A secret of one account can't be opened as that of another.
pub(super) fn purpose(account: Uuid) -> String {
    format!("identity.totp:{account}")
}

pub(super) fn totp(secret: Secret, email: &str) -> Result<Totp, Error> {
    // A colon would end the issuer's part of the label.
    let label = email.replace(':', " ");
    let builder = Builder::new().with_secret(secret).with_skew(1);
    let builder = builder.with_account_name(label).with_issuer(Some(ISSUER));
    builder.build().map_err(|_| Error::Corrupt("TOTP secret"))
}

/// The time step that `code` belongs to by the `sealed` secret, now or one step before or after.
pub(super) async fn matching_step(
    platform: &Platform,
    row: &Account,
    sealed: &str,
    code: &SecretString,
) -> Result<Option<i64>, Error> {
    let secret = platform.vault.open(&purpose(row.id), sealed).await?;
    let totp = totp(Secret::from(secret.as_slice()), &row.email)?;
    let now = u64::try_from(platform.clock.now().timestamp()).unwrap_or(0);
    Ok(totp.check(code.expose_secret().trim(), now).and_then(|step| i64::try_from(step).ok()))
}

/// Accepts a step of the very secret that `row` has, once: of many at once, in whatever process, one statement wins.
async fn accept(db: &impl ConnectionTrait, row: &Account, step: i64) -> Result<(), Error> {
    let later = Condition::any().add(Column::TotpStep.is_null()).add(Column::TotpStep.lt(step));
    let accepted = Entity::update_many()
        .col_expr(Column::TotpStep, Expr::val(step))
        .filter(Column::Id.eq(row.id))
        .filter(Column::TotpSecret.eq(row.totp_secret.as_deref()))
        .filter(later)
        .exec(db)
        .await?;
    if accepted.rows_affected == 1 { Ok(()) } else { Err(Error::TotpRequired(REPLAYED)) }
}
