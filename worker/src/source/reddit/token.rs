//! Access tokens: traded for the credential, kept until they end.

use super::{APP, read};
use crate::source::vendor_http::{Line, VendorError};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

const FORM: &str = "application/x-www-form-urlencoded";
/// A token is renewed so long before its end.
const AHEAD: TimeDelta = TimeDelta::minutes(1);

#[derive(Debug)]
pub(super) struct Tokens {
    line: Line,
    url: String,
    kept: Mutex<Option<Token>>,
}

#[derive(Debug)]
struct Token {
    secret: SecretString,
    ends_at: DateTime<Utc>,
    /// What it was traded for.
    credential: SecretString,
}

#[derive(Deserialize)]
struct Wire {
    access_token: String,
    expires_in: Option<i64>,
}

impl Tokens {
    pub(super) fn new(line: Line, url: String) -> Self {
        Self { line, url, kept: Mutex::default() }
    }

    /// A token of the present credential.
    pub(super) async fn get(&self) -> Result<SecretString, VendorError> {
        let credential = self.line.secret().await?;
        let mut kept = self.kept.lock().await;
        if let Some(token) = kept.as_ref()
            && token.ends_at > self.line.now() + AHEAD
            && token.credential.expose_secret() == credential.expose_secret()
        {
            return Ok(token.secret.clone());
        }
        let token = self.trade(credential).await?;
        Ok(kept.insert(token).secret.clone())
    }

    pub(super) async fn forget(&self) {
        *self.kept.lock().await = None;
    }

    async fn trade(&self, credential: SecretString) -> Result<Token, VendorError> {
        let ask = |client: &reqwest::Client, key: &SecretString| {
            let (id, secret) = key.expose_secret().split_once(':').ok_or(VendorError::WrongCredential)?;
            let post = client.post(&self.url).basic_auth(id, Some(secret)).header(USER_AGENT, APP);
            Ok(post.header(CONTENT_TYPE, FORM).body("grant_type=client_credentials"))
        };
        let wire: Wire = self.line.fetch(ask, read).await?;
        let lifetime = wire.expires_in.and_then(TimeDelta::try_seconds).unwrap_or(TimeDelta::hours(1));
        let ends_at = self.line.now() + lifetime;
        Ok(Token { secret: wire.access_token.into(), ends_at, credential })
    }
}
