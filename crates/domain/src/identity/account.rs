//! Accounts: how they come to be, change, and go.

use super::{
    Actor, Error, FreshTotp, Member, Origin, Proof as _, api_key,
    audit::{self, Act},
    departure, gatekeeper,
    job::{Letter, SendLetter},
    one_time, password, session, tries,
};
use chrono_tz::Tz;
pub use entity::identity::account::Model as Row;
use entity::identity::{
    account::{ActiveModel, Column, Entity, Role},
    one_time_token::Purpose,
};
use platform::Platform;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait,
    DatabaseTransaction, EntityTrait, IntoActiveModel as _, QueryFilter as _, QuerySelect as _,
    sea_query::OnConflict,
};
use secrecy::SecretString;
use serde_json::json;
use std::fmt;
use uuid::Uuid;

/// An e-mail address in lower case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Email {
    type Err = Error;

    /// Only what every address has: whether it exists, only a mail can tell.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim().to_lowercase();
        let (name, host) = text.rsplit_once('@').ok_or(Error::BadEmail)?;
        let plain = |part: &str| {
            !part.is_empty()
                && part.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>,;:\"".contains(c))
        };
        let dotted = host.split('.').all(|label| !label.is_empty());
        if text.len() <= 254
            && name.len() <= 64
            && plain(name)
            && plain(host)
            && dotted
            && !host.contains('@')
        {
            Ok(Self(text))
        } else {
            Err(Error::BadEmail)
        }
    }
}

/// Addresses of people stay out of logs.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

/// What is asked of someone new.
#[derive(Debug)]
pub struct Registration {
    pub email: Email,
    pub password: SecretString,
    pub display_name: Option<String>,
}

/// Makes an account, or, where there is one, only tells its owner: the answer is the same, also in time.
pub async fn register(platform: &Platform, origin: &Origin, new: Registration) -> Result<(), Error> {
    tries::count_address(platform, "register", origin).await?;
    let Registration { email, password, display_name } = new;
    check_display_name(display_name.as_deref())?;
    let known: Vec<&str> = display_name.iter().map(String::as_str).chain([email.as_str()]).collect();
    password::check(&password, &known)?;
    let hash = password::hash(password).await?;
    let letter = SendLetter::seal(platform, Letter::Welcome, &email).await?;
    let may_write = tries::may_write_to(platform, email.as_str()).await;
    let txn = platform.db.begin().await?;
    let row =
        ActiveModel { display_name: Set(display_name), ..fresh(platform, &email, Some(hash), Role::User) };
    insert_if_absent(&txn, row).await?;
    let job = if may_write { Some(jobs::enqueue(&txn, &platform.clock, &letter).await?) } else { None };
    txn.commit().await?;
    if let Some(job) = job {
        jobs::announce(platform.bus.as_ref(), job).await;
    }
    Ok(())
}

/// Marks the address verified for which `token` was sent; returns the account.
///
/// Asks for the password too: someone else may have registered the address before its owner did.
pub async fn verify_email(
    platform: &Platform,
    origin: &Origin,
    token: &SecretString,
    password: SecretString,
) -> Result<Row, Error> {
    tries::count_address(platform, "verify", origin).await?;
    let db = platform.db.connection();
    let account = one_time::peek(db, &platform.clock, token, Purpose::VerifyEmail).await?;
    let hash = get_in(db, account).await?.password_hash;
    if !password::verify(password, hash).await? {
        let message = "this is not the password that the address was registered with: set one with `requestPasswordReset`";
        return Err(Error::BadInput { field: "password", message: message.to_owned() });
    }
    let txn = platform.db.begin().await?;
    let account = one_time::spend(&txn, &platform.clock, token, Purpose::VerifyEmail).await?;
    let row = get_in(&txn, account).await?;
    let row = ActiveModel { email_verified_at: Set(Some(platform.clock.now())), ..row.into_active_model() };
    let row = row.update(&txn).await?;
    txn.commit().await?;
    Ok(row)
}

/// Sends a token to set a new password, if there is such an account; the answer does not tell.
pub async fn request_password_reset(
    platform: &Platform,
    origin: &Origin,
    email: &Email,
) -> Result<(), Error> {
    tries::count_address(platform, "reset", origin).await?;
    if !tries::may_write_to(platform, email.as_str()).await {
        return Ok(());
    }
    let letter = SendLetter::seal(platform, Letter::Reset, email).await?;
    let job = jobs::enqueue(platform.db.connection(), &platform.clock, &letter).await?;
    jobs::announce(platform.bus.as_ref(), job).await;
    Ok(())
}

/// Sets a new password, and ends all sessions, API keys and tokens: whoever had the old one is out.
pub async fn reset_password(
    platform: &Platform,
    origin: &Origin,
    token: &SecretString,
    password: SecretString,
) -> Result<(), Error> {
    tries::count_address(platform, "reset_token", origin).await?;
    // Before the costly hash, which would else be had for the asking.
    let db = platform.db.connection();
    let account = one_time::peek(db, &platform.clock, token, Purpose::ResetPassword).await?;
    let row = get_in(db, account).await?;
    let known: Vec<&str> = row.display_name.iter().map(String::as_str).chain([row.email.as_str()]).collect();
    password::check(&password, &known)?;
    let hash = password::hash(password).await?;
    let txn = platform.db.begin().await?;
    let account = one_time::spend(&txn, &platform.clock, token, Purpose::ResetPassword).await?;
    let row = get_in(&txn, account).await?;
    let now = platform.clock.now();
    // The token came by mail, so the address is theirs.
    let verified = row.email_verified_at.or(Some(now));
    let row = ActiveModel {
        password_hash: Set(Some(hash)),
        email_verified_at: Set(verified),
        updated_at: Set(now),
        ..row.into_active_model()
    };
    row.update(&txn).await?;
    session::revoke_all(&txn, now, account).await?;
    api_key::revoke_all(&txn, now, account).await?;
    one_time::withdraw(&txn, account, Purpose::ResetPassword).await?;
    one_time::withdraw(&txn, account, Purpose::VerifyEmail).await?;
    let act = Act::new("identity.password_reset").on("account", account);
    audit::record(&txn, now, &Actor::anonymous(origin), act).await?;
    txn.commit().await?;
    gatekeeper::announce(platform, account).await;
    Ok(())
}

/// What of a profile shall change; nothing given, nothing changed.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// `Some(None)` removes it.
    pub display_name: Option<Option<String>>,
    /// IANA name.
    pub time_zone: Option<String>,
}

pub async fn update_profile(
    platform: &Platform,
    member: &Member,
    change: ProfileChange,
) -> Result<Row, Error> {
    check_display_name(change.display_name.as_ref().and_then(Option::as_deref))?;
    if let Some(zone) = &change.time_zone
        && zone.parse::<Tz>().is_err()
    {
        let message = format!("{zone:?} is not a time zone: write an IANA name such as Europe/Berlin");
        return Err(Error::BadInput { field: "timeZone", message });
    }
    let txn = platform.db.begin().await?;
    let mut row = get_in(&txn, member.account()).await?.into_active_model();
    if let Some(name) = change.display_name {
        row.display_name = Set(name);
    }
    if let Some(zone) = change.time_zone {
        row.time_zone = Set(zone);
    }
    row.updated_at = Set(platform.clock.now());
    let row = row.update(&txn).await?;
    txn.commit().await?;
    Ok(row)
}

fn check_display_name(name: Option<&str>) -> Result<(), Error> {
    let fits = |name: &str| {
        !name.trim().is_empty() && name.chars().count() <= 100 && !name.chars().any(char::is_control)
    };
    if name.is_none_or(fits) {
        return Ok(());
    }
    let message = "a name has 1 to 100 characters".to_owned();
    Err(Error::BadInput { field: "displayName", message })
}

/// Gives `role` to the account with `email`; its open sessions learn of it within seconds.
pub async fn set_role(
    platform: &Platform,
    proof: &FreshTotp,
    email: &Email,
    role: Role,
) -> Result<Row, Error> {
    let txn = platform.db.begin().await?;
    let mut row = by_email(&txn, email).await?.ok_or(Error::NotFound("account"))?;
    if role != Role::Admin {
        row = departure::lock_unless_last_admin(&txn, row.id).await?;
    }
    let (before, now) = (row.role, platform.clock.now());
    let account = row.id;
    let row = ActiveModel { role: Set(role), updated_at: Set(now), ..row.into_active_model() };
    let row = row.update(&txn).await?;
    let act = Act::new("identity.set_role")
        .on("account", account)
        .changed(json!({ "role": before.to_value() }), json!({ "role": role.to_value() }));
    audit::record(&txn, now, proof.actor(), act).await?;
    txn.commit().await?;
    gatekeeper::announce(platform, account).await;
    Ok(row)
}

/// Makes the account an administrator's and returns a one-time token to choose a password with.
///
/// For someone at the machine: no password exists until its owner sets one.
pub async fn create_admin(platform: &Platform, email: &Email) -> Result<SecretString, Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    insert_if_absent(&txn, fresh(platform, email, None, Role::Admin)).await?;
    let row = by_email(&txn, email).await?.ok_or(Error::NotFound("account"))?;
    let (account, before) = (row.id, row.role);
    ActiveModel { role: Set(Role::Admin), ..row.into_active_model() }.update(&txn).await?;
    let token = one_time::issue(&txn, &platform.clock, account, Purpose::ResetPassword).await?;
    let act = Act::new("identity.create_admin").on("account", account);
    let act = act.changed(json!({ "role": before.to_value() }), json!({ "role": Role::Admin.to_value() }));
    audit::record(&txn, now, &Actor::command(), act).await?;
    txn.commit().await?;
    gatekeeper::announce(platform, account).await;
    Ok(token)
}

pub(super) fn fresh(
    platform: &Platform,
    email: &Email,
    password_hash: Option<String>,
    role: Role,
) -> ActiveModel {
    let now = platform.clock.now();
    Row {
        id: Uuid::now_v7(),
        email: email.0.clone(),
        email_verified_at: None,
        password_hash,
        google_subject: None,
        display_name: None,
        time_zone: "UTC".to_owned(),
        role,
        totp_secret: None,
        totp_next_secret: None,
        totp_confirmed_at: None,
        totp_step: None,
        known_at: now,
        updated_at: now,
        deleted_at: None,
    }
    .into_active_model()
}

pub(super) async fn insert_if_absent(txn: &DatabaseTransaction, row: ActiveModel) -> Result<(), Error> {
    let first_wins = OnConflict::column(Column::Email).do_nothing().to_owned();
    let row = row.reset_all();
    Entity::insert(row).on_conflict(first_wins).exec_without_returning(txn).await?;
    Ok(())
}

pub async fn by_email(db: &impl ConnectionTrait, email: &Email) -> Result<Option<Row>, Error> {
    Ok(Entity::find().filter(Column::Email.eq(&email.0)).filter(Column::DeletedAt.is_null()).one(db).await?)
}

/// The account, unless it was deleted.
pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Row>, Error> {
    Ok(Entity::find_by_id(id).filter(Column::DeletedAt.is_null()).one(db).await?)
}

/// All administrators.
pub async fn administrators(db: &impl ConnectionTrait) -> Result<Vec<Uuid>, Error> {
    let admins = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Role.eq(Role::Admin))
        .filter(Column::DeletedAt.is_null());
    Ok(admins.into_tuple().all(db).await?)
}

/// Someone who is still an administrator.
pub async fn administrator(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Row>, Error> {
    Ok(find(db, id).await?.filter(|row| row.role == Role::Admin))
}

pub(super) async fn get_in(db: &impl ConnectionTrait, id: Uuid) -> Result<Row, Error> {
    find(db, id).await?.ok_or(Error::NotFound("account"))
}

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn addresses_are_compared_in_lower_case() {
        assert_eq!(" Anna@Example.ORG ".parse::<Email>().unwrap().as_str(), "anna@example.org");
        for bad in
            ["", "anna", "@example.org", "anna@", "anna@example..org", "a b@example.org", "a@b\r\nc.org"]
        {
            assert!(bad.parse::<Email>().is_err(), "{bad:?}");
        }
    }
}
