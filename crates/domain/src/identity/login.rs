//! Signing in with a password.

use super::{
    Error, Keyring, Origin, SignedIn,
    account::{self, Email},
    password, session,
    tries::{self, Familiar},
};
use platform::Platform;
use secrecy::SecretString;

/// Opens a session for whoever knows the password.
///
/// An unknown address and a wrong password are the same, in words and in time.
pub async fn login(
    platform: &Platform,
    keyring: &Keyring,
    origin: &Origin,
    email: &Email,
    password: SecretString,
) -> Result<SignedIn, Error> {
    let db = platform.db.connection();
    let account = account::by_email(db, email).await?;
    let familiar = match &account {
        Some(account) if session::knows(db, account.id, origin).await? => Familiar::Known,
        _ => Familiar::Stranger,
    };
    tries::count(platform, "login", email.as_str(), origin, familiar).await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let right = password::verify(password, hash).await?;
    let account = account.filter(|_| right).ok_or(Error::WrongCredentials)?;
    if account.email_verified_at.is_none() {
        return Err(Error::EmailNotVerified);
    }
    open(platform, keyring, origin, account, "identity.login").await
}

/// Opens a session for an account that has proven itself.
pub async fn open(
    platform: &Platform,
    keyring: &Keyring,
    origin: &Origin,
    account: account::Row,
    action: &'static str,
) -> Result<SignedIn, Error> {
    keyring.ready(platform).await?;
    let txn = platform.db.begin().await?;
    // The password may have been reset while it was being checked.
    let now = account::get_in(&txn, account.id).await?;
    if now.password_hash != account.password_hash {
        return Err(Error::WrongCredentials);
    }
    let signed_in = session::open(&txn, (platform, keyring), origin, account, action).await?;
    txn.commit().await?;
    Ok(signed_in)
}
