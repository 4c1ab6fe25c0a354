//! The one way to vendors: patient for so long, for answers so large, silent about keys.
//!
//! `VendorHttp` sends one request. A [`Line`] is what clients use: it has the credential, the budgets, the pace, the
//! repetitions and the breaker of one vendor, and knows its failures.
//!
//! Most vendors want their key in the query, so no address is ever logged or part of an error; those of the library, which
//! name it, end here.

mod answer;
mod breaker;
mod error;
mod line;
mod patience;
mod validator;

pub use answer::VendorAnswer;
pub use breaker::Breaker;
pub use error::VendorError;
pub use line::{Line, Plan};
pub use patience::Patience;

use platform::clock::Clock;
use reqwest::{Client, RequestBuilder, header::HeaderValue, redirect::Policy};
use secrecy::{ExposeSecret as _, SecretString};
use std::{sync::Arc, time::Duration};
use tokio::sync::OnceCell;
use validator::Validators;

/// From the first byte sent to the last one read, however slowly they drip.
const PATIENCE: Duration = Duration::from_secs(20);
const LARGEST: usize = 8 * 1024 * 1024;
const AGENT: &str = concat!("Bellwether/", env!("CARGO_PKG_VERSION"));

/// Calls vendors; clones share their connections.
#[derive(Clone, Debug)]
pub struct VendorHttp {
    /// Made at the first call: it reads the system's certificates.
    client: Arc<OnceCell<Client>>,
    clock: Clock,
    patience: Duration,
    validators: Validators,
}

impl Default for VendorHttp {
    fn default() -> Self {
        Self::new(Clock::system(), PATIENCE)
    }
}

impl VendorHttp {
    /// Waits `patience` for an answer.
    pub fn new(clock: Clock, patience: Duration) -> Self {
        Self { client: Arc::default(), clock, patience, validators: Validators::default() }
    }

    /// Sends what `request` makes of the client, and reads the answer to its end.
    pub async fn call(
        &self,
        request: impl FnOnce(&Client) -> RequestBuilder,
    ) -> Result<VendorAnswer, VendorError> {
        let client = self.client.get_or_try_init(|| async { client(self.patience) }).await?;
        let mut request = request(client).build().map_err(|_| VendorError::Request)?;
        let key = validator::key(&request);
        self.validators.ask(&mut request);
        let answer = match client.execute(request).await {
            Ok(answer) => self.read(answer).await?,
            Err(error) => return Err(self.failure(&error)),
        };
        let answer = self.validators.settle(key, answer);
        if answer.status.is_redirection() {
            return Err(VendorError::Redirected(answer.status.as_u16()));
        }
        Ok(answer)
    }

    async fn read(&self, mut answer: reqwest::Response) -> Result<VendorAnswer, VendorError> {
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.failure(&error))? {
            if body.len() + chunk.len() > LARGEST {
                return Err(VendorError::TooLarge(LARGEST));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(VendorAnswer { status, headers, body, at: self.clock.now() })
    }

    /// Drops what the library says: it has the address, which has the key.
    fn failure(&self, error: &reqwest::Error) -> VendorError {
        if error.is_timeout() {
            VendorError::TimedOut(self.patience)
        } else if error.is_builder() {
            VendorError::Request
        } else {
            VendorError::Unreachable
        }
    }
}

fn client(patience: Duration) -> Result<Client, VendorError> {
    // A redirect could carry the key anywhere.
    let client = Client::builder().timeout(patience).user_agent(AGENT).redirect(Policy::none());
    client.build().map_err(|_| VendorError::Request)
}

/// A header's value that is never shown.
pub fn sensitive(secret: &SecretString) -> Result<HeaderValue, VendorError> {
    let mut value = HeaderValue::from_str(secret.expose_secret()).map_err(|_| VendorError::Request)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests;
