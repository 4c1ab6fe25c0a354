//! What can go wrong with who asks.

use platform::{Fault, FaultKind, fault::BUSY, openid::OpenIdError, vault::VaultError};
use sea_orm::DbErr;
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("sign in first: send `Authorization: Bearer <access token or API key>`")]
    SignInNeeded,
    #[error("the access token {0}")]
    BadToken(&'static str),
    #[error("the API key is unknown, expired or revoked; create another one")]
    BadKey,
    #[error("the refresh token is unknown, expired or was used before; sign in again")]
    BadRefreshToken,
    #[error("e-mail address or password is wrong")]
    WrongCredentials,
    #[error("verify your e-mail address first: the mail we sent has the token for `verifyEmail`")]
    EmailNotVerified,
    #[error("this needs the role {0}")]
    RoleNeeded(&'static str),
    #[error("this API key lacks the scope {0}")]
    ScopeNeeded(&'static str),
    #[error("this needs a session: sign in with `login`; an API key is not enough")]
    SessionNeeded,
    #[error("{0}")]
    TotpRequired(&'static str),
    #[error("too many tries; wait {} s", .0.as_secs().max(1))]
    TooManyTries(Duration),
    #[error("this is not an e-mail address: write one such as name@example.org")]
    BadEmail,
    #[error("{0}")]
    WeakPassword(String),
    #[error("the token is unknown, expired or was used before; ask for another one")]
    BadOneTimeToken,
    #[error("{message}")]
    BadInput { field: &'static str, message: String },
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("{0}")]
    Conflict(&'static str),
    #[error("too many people sign in at the moment; try again in a second")]
    Busy,
    #[error(transparent)]
    OpenId(#[from] OpenIdError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("cannot use a stored secret: {0}")]
    Corrupt(&'static str),
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Self::SignInNeeded
            | Self::BadToken(_)
            | Self::BadKey
            | Self::BadRefreshToken
            | Self::WrongCredentials
            | Self::EmailNotVerified
            | Self::OpenId(OpenIdError::Refused | OpenIdError::Invalid(_)) => FaultKind::Unauthenticated,
            Self::RoleNeeded(_) | Self::ScopeNeeded(_) | Self::SessionNeeded => FaultKind::Forbidden,
            Self::TotpRequired(_) => FaultKind::TotpRequired,
            Self::TooManyTries(_) | Self::Busy => FaultKind::RateLimited,
            Self::BadEmail
            | Self::WeakPassword(_)
            | Self::BadOneTimeToken
            | Self::BadInput { .. }
            | Self::OpenId(OpenIdError::RedirectUri(_)) => FaultKind::Invalid,
            Self::NotFound(_) => FaultKind::NotFound,
            Self::Conflict(_) => FaultKind::Conflict,
            Self::Vault(error) => error.kind(),
            Self::OpenId(OpenIdError::Unreachable(_)) => FaultKind::Unavailable,
            Self::Corrupt(_) => FaultKind::Internal,
            Self::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::BadEmail => Some("email"),
            Self::WeakPassword(_) => Some("password"),
            Self::BadOneTimeToken => Some("token"),
            Self::BadInput { field, .. } => Some(field),
            Self::OpenId(OpenIdError::RedirectUri(_)) => Some("redirectUri"),
            _ => None,
        }
    }

    fn unavailable(&self) -> &'static str {
        match self {
            Self::Vault(error) => error.unavailable(),
            Self::OpenId(_) => "the sign-in provider does not answer; try again in a moment",
            _ => BUSY,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyTries(pause) => Some(*pause),
            Self::Busy => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}
