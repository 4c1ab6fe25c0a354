//! What the mutations give.

use super::types::{AdminSession, ApiKey, User};
use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};

/// The word that it was done.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct DonePayload {
    /// Always true; what went wrong is an error.
    pub done: bool,
}

/// A sign-in that has begun.
#[derive(Clone, Debug, SimpleObject)]
pub struct StartGoogleLoginPayload {
    /// Where to send the browser.
    pub url: String,
    /// What it must come back with, within ten minutes.
    pub state: String,
}

/// Someone as they are now.
#[derive(Clone, Debug, SimpleObject)]
pub struct UserPayload {
    /// The account as it is now.
    pub user: User,
}

/// What an authenticator needs.
#[derive(Clone, Debug, SimpleObject)]
pub struct EnrollTotpPayload {
    /// The `otpauth://` address that authenticators open.
    pub uri: String,
    /// The secret in base 32, to type in.
    pub secret: String,
    /// The address as a QR code, in SVG.
    pub qr_svg: String,
}

/// The way in when the authenticator is lost.
#[derive(Clone, Debug, SimpleObject)]
pub struct ConfirmTotpPayload {
    /// Ten codes that each work once with `verifyTotp`; shown this once.
    pub recovery_codes: Vec<String>,
}

/// The way in when the authenticator is lost, anew.
#[derive(Clone, Debug, SimpleObject)]
pub struct RenewRecoveryCodesPayload {
    /// Ten codes that each work once with `verifyTotp`; shown this once.
    pub recovery_codes: Vec<String>,
}

/// A fresh second factor.
#[derive(Clone, Debug, SimpleObject)]
pub struct VerifyTotpPayload {
    /// Until when mutations that need a fresh code go without another.
    pub fresh_until: DateTime<Utc>,
    /// The administrator's session; null for other roles.
    pub admin_session: Option<AdminSession>,
}

/// A new API key.
#[derive(Clone, Debug, SimpleObject)]
pub struct CreateApiKeyPayload {
    /// The key, to send as `Authorization: Bearer …`; shown this once.
    pub key: String,
    /// What is kept of it.
    pub api_key: ApiKey,
}

/// An API key that is no longer good.
#[derive(Clone, Debug, SimpleObject)]
pub struct RevokeApiKeyPayload {
    /// The key as it is now.
    pub api_key: ApiKey,
}
