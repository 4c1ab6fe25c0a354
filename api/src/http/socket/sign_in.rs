//! Who is at the other end of a socket, and whether they still may be.

use super::super::{Server, access};
use crate::error::ApiError;
use chrono::{DateTime, Utc};
use domain::identity::{Access, Error, Origin, Standing, gatekeeper::Watch};
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The sign-in of one socket.
#[derive(Debug)]
pub struct SignIn {
    server: Arc<Server>,
    origin: Origin,
    /// From `connection_init`.
    bearer: Option<SecretString>,
    watch: Option<Watch>,
    expires_at: Option<DateTime<Utc>>,
}

/// What became of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Good,
    /// It is no good, or no longer.
    Over,
    /// Nobody can tell at the moment.
    Unknown,
}

impl SignIn {
    pub fn new(server: Arc<Server>, origin: Origin) -> Self {
        Self { server, origin, bearer: None, watch: None, expires_at: None }
    }

    /// Takes the credential of `connection_init`, if it has one.
    pub async fn begin(&mut self, payload: Option<&Map<String, Value>>) -> Verdict {
        let text =
            payload.and_then(|payload| payload.get("authorization").or_else(|| payload.get("Authorization")));
        self.bearer = access::bearer(text.and_then(Value::as_str));
        self.check().await
    }

    /// Looks at the credential again.
    pub async fn check(&mut self) -> Verdict {
        let Some(bearer) = &self.bearer else { return Verdict::Good };
        match self.server.gatekeeper.check(bearer).await {
            Ok(credential) => {
                self.expires_at = credential.expires_at();
                self.watch.get_or_insert_with(|| self.server.gatekeeper.watch(&credential));
                Verdict::Good
            }
            Err(Error::BadToken(_) | Error::BadKey) => Verdict::Over,
            Err(_) => Verdict::Unknown,
        }
    }

    /// When the credential ends by itself.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }

    /// Waits until something changed about the account.
    pub async fn changed(&mut self) {
        match &mut self.watch {
            Some(watch) => watch.changed().await,
            None => std::future::pending().await,
        }
    }

    /// Who asks now: a role, or a second factor, may have changed since the socket was opened.
    pub async fn access(&self) -> Result<Access, ApiError> {
        let standing: Standing = self.server.gatekeeper.standing(self.bearer.as_ref()).await?;
        Ok(Access { origin: self.origin.clone(), standing, code: None })
    }
}
