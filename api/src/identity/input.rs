//! What the mutations take.

use super::types::{ApiKeyScope, Role};
use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};

/// A new account.
#[derive(InputObject)]
pub struct RegisterInput {
    /// Where the verification goes.
    pub email: String,
    /// 10 to 128 characters that are hard to guess.
    pub password: String,
    /// The name to show.
    pub display_name: Option<String>,
}

/// The token of a mail.
#[derive(InputObject)]
pub struct VerifyEmailInput {
    /// As the mail has it.
    pub token: String,
    /// The one that was given to `register`: so that nobody keeps a password to an address that is not theirs.
    pub password: String,
}

/// Someone's address and password.
#[derive(InputObject)]
pub struct LoginInput {
    /// The address of the account.
    pub email: String,
    /// Its password.
    pub password: String,
}

/// Where to come back to.
#[derive(InputObject)]
pub struct StartGoogleLoginInput {
    /// An address of the client that Google knows.
    pub redirect_uri: String,
}

/// What the browser came back with.
#[derive(InputObject)]
pub struct FinishGoogleLoginInput {
    /// The parameter `state`; compare it with the one that `startGoogleLogin` gave first.
    pub state: String,
    /// The parameter `code`.
    pub code: String,
}

/// A refresh token.
#[derive(InputObject)]
pub struct RefreshTokenInput {
    /// The one that came last.
    pub refresh_token: String,
}

/// Which session to end.
#[derive(InputObject)]
pub struct LogoutInput {
    /// One of `me { sessions { id } }`; default the one that asks.
    pub session_id: Option<ID>,
}

/// Whose password to reset.
#[derive(InputObject)]
pub struct RequestPasswordResetInput {
    /// The address of the account.
    pub email: String,
}

/// A new password.
#[derive(InputObject)]
pub struct ResetPasswordInput {
    /// As the mail, or the command `admin create`, has it.
    pub token: String,
    /// 10 to 128 characters that are hard to guess.
    pub password: String,
}

/// What of a profile shall change; nothing given, nothing changed.
#[derive(InputObject)]
pub struct UpdateProfileInput {
    /// The name to show; null removes it.
    pub display_name: MaybeUndefined<String>,
    /// An IANA name such as `Europe/Berlin`.
    pub time_zone: Option<String>,
}

/// Leave to set up a second factor.
#[derive(InputObject)]
pub struct EnrollTotpInput {
    /// The account's password; accounts without one leave it out.
    pub password: Option<String>,
}

/// A code of the authenticator.
#[derive(InputObject)]
pub struct TotpInput {
    /// The six digits that it shows now; for `verifyTotp` also a recovery code.
    pub code: String,
}

/// The proof that nobody else takes the second factor away.
#[derive(InputObject)]
pub struct RemoveTotpInput {
    /// The account's password; accounts without one leave it out.
    pub password: Option<String>,
}

/// The proof that nobody else sees the new codes.
#[derive(InputObject)]
pub struct RenewRecoveryCodesInput {
    /// The six digits that the authenticator shows now; left out when a code was given in the last five minutes, or comes
    /// as the header `X-TOTP`.
    pub code: Option<String>,
}

/// A new API key.
#[derive(InputObject)]
pub struct CreateApiKeyInput {
    /// What to call it.
    pub name: String,
    /// What it shall be good for.
    pub scopes: Vec<ApiKeyScope>,
    /// When it shall end; default never.
    pub expires_at: Option<DateTime<Utc>>,
    /// How many requests it may send in an hour, 1 to 100000; default 1000. The account's own limits hold besides, for all
    /// its keys and sessions together.
    pub requests_per_hour: Option<i32>,
}

/// Which API key to revoke.
#[derive(InputObject)]
pub struct RevokeApiKeyInput {
    /// One of `me { apiKeys { id } }`.
    pub id: ID,
}

/// The proof that it is one's own account.
#[derive(InputObject)]
pub struct DeleteMyAccountInput {
    /// The account's password; with a second factor a fresh TOTP code counts instead.
    pub password: Option<String>,
}

/// Who gets which role.
#[derive(InputObject)]
pub struct SetUserRoleInput {
    /// The address of the account.
    pub email: String,
    /// The role to give.
    pub role: Role,
}
