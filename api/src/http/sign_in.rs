//! Who is at the other end of what stays open, and whether they still may be.

use super::Server;
use crate::error::ApiError;
use chrono::{DateTime, Utc};
use domain::identity::{Access, Error, Origin, Standing, gatekeeper::Watch};
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// Between two looks at a credential of which no change was heard.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Also where nobody can tell at the moment.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// The sign-in of one socket, or of one stream of events.
#[derive(Debug)]
pub struct SignIn {
    server: Arc<Server>,
    origin: Origin,
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

    /// Takes the credential, if there is one.
    pub async fn begin(&mut self, bearer: Option<SecretString>) -> Verdict {
        self.bearer = bearer;
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

    /// Waits until the credential has ended, by itself or because it was withdrawn; without one for ever.
    pub async fn over(mut self) {
        if self.bearer.is_none() {
            return std::future::pending().await;
        }
        loop {
            let left = self.expires_at.map(|end| end - self.server.platform.clock.now());
            let pause = match self.check().await {
                Verdict::Over => return,
                Verdict::Unknown => SHORTEST_PAUSE,
                Verdict::Good => left.map_or(LONGEST_PAUSE, |left| left.to_std().unwrap_or_default()),
            };
            let _ = timeout(pause.clamp(SHORTEST_PAUSE, LONGEST_PAUSE), self.changed()).await;
        }
    }

    /// Who asks now: a role, or a second factor, may have changed since the socket was opened.
    pub async fn access(&self) -> Result<Access, ApiError> {
        let standing: Standing = self.server.gatekeeper.standing(self.bearer.as_ref()).await?;
        Ok(Access { origin: self.origin.clone(), standing, code: None })
    }
}
