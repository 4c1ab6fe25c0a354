//! What is written to people.

use super::{
    Error, SendLetter,
    account::{self, Email},
    job::{Letter, PURPOSE},
    one_time,
};
use entity::identity::one_time_token::Purpose;
use platform::{Platform, mail::Mail};
use secrecy::ExposeSecret as _;

/// The mail, with a fresh token in it; `None` when the address belongs to nobody.
pub async fn compose(platform: &Platform, job: &SendLetter) -> Result<Option<Mail>, Error> {
    let email = platform.vault.open(PURPOSE, &job.email).await?;
    let email = std::str::from_utf8(&email).map_err(|_| Error::Corrupt("address"))?;
    let email: Email = email.parse()?;
    let db = platform.db.connection();
    let Some(account) = account::by_email(db, &email).await? else { return Ok(None) };
    let (purpose, subject, text) = match (job.letter, account.email_verified_at) {
        (Letter::Welcome, None) => (
            Some(Purpose::VerifyEmail),
            "Verify your e-mail address",
            "someone, hopefully you, registered this address. To verify it, send the mutation `verifyEmail` with your \
             password and this token within 24 hours:",
        ),
        (Letter::Welcome, Some(_)) => (
            None,
            "You have an account already",
            "someone, hopefully you, tried to register this address again. Sign in with your password, or ask for a \
             new one with `requestPasswordReset`.",
        ),
        (Letter::Reset, _) => (
            Some(Purpose::ResetPassword),
            "Choose a new password",
            "someone, hopefully you, asked for a new password. To set one, send the mutation `resetPassword` with this \
             token within an hour:",
        ),
    };
    let mut body = format!("Hello,\n\n{text}\n");
    if let Some(purpose) = purpose {
        let token = one_time::issue(db, &platform.clock, account.id, purpose).await?;
        body.extend(["\n    ", token.expose_secret(), "\n"]);
    }
    body.push_str("\nIf it was not you, nothing needs to be done.\n\nBellwether\n");
    Ok(Some(Mail { to: email.as_str().to_owned(), subject: subject.to_owned(), body }))
}
