//! HTTP to vendors: patient for so long, for answers so large, silent about keys.
//!
//! Most vendors want their key in the query, so no address is ever logged or part of an error; those of the library, which
//! name it, end here.

use reqwest::{
    Client, RequestBuilder, StatusCode,
    header::{HeaderMap, HeaderValue},
    redirect::Policy,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::sync::OnceCell;

const PATIENCE: Duration = Duration::from_secs(20);
const LARGEST: usize = 8 * 1024 * 1024;
const AGENT: &str = concat!("Bellwether/", env!("CARGO_PKG_VERSION"));

/// Calls vendors; clones share their connections.
#[derive(Clone, Debug, Default)]
pub struct VendorHttp {
    /// Made at the first call: it reads the system's certificates.
    client: Arc<OnceCell<Client>>,
}

/// What a vendor sent, whatever its status.
#[derive(Debug)]
pub struct VendorAnswer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum VendorError {
    #[error("the vendor cannot be reached")]
    Unreachable,
    #[error("the vendor did not answer within {} s", PATIENCE.as_secs())]
    TimedOut,
    #[error("the vendor's answer is larger than {} MiB", LARGEST / 1024 / 1024)]
    TooLarge,
    #[error("the request cannot be written")]
    Request,
}

impl VendorHttp {
    /// Sends what `request` makes of the client, and reads the answer to its end.
    pub async fn call(
        &self,
        request: impl FnOnce(&Client) -> RequestBuilder,
    ) -> Result<VendorAnswer, VendorError> {
        let client = self.client.get_or_try_init(|| async { client() }).await?;
        let mut answer = request(client).send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err(VendorError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(VendorAnswer { status, headers, body })
    }
}

fn client() -> Result<Client, VendorError> {
    // A redirect could carry the key anywhere.
    let client = Client::builder().timeout(PATIENCE).user_agent(AGENT).redirect(Policy::none());
    Ok(client.build()?)
}

impl VendorAnswer {
    /// The body as JSON; some vendors write their errors as text.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A whole number in a header, such as `997.0`.
    pub fn number(&self, header: &str) -> Option<i64> {
        let text = self.headers.get(header)?.to_str().ok()?.trim();
        text.split('.').next()?.parse().ok()
    }
}

/// A header's value that is never shown.
pub fn sensitive(secret: &SecretString) -> Result<HeaderValue, VendorError> {
    let mut value = HeaderValue::from_str(secret.expose_secret()).map_err(|_| VendorError::Request)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Drops what the library says: it has the address, which has the key.
impl From<reqwest::Error> for VendorError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::TimedOut
        } else if error.is_builder() {
            Self::Request
        } else {
            Self::Unreachable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST, VendorAnswer, VendorError, VendorHttp, sensitive};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    /// The answer to a call, when the vendor sends `head` and so many bytes.
    async fn answered(head: &str, length: usize) -> Result<VendorAnswer, VendorError> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answer = format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n{}", "x".repeat(length));
        let server = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let _ = socket.read(&mut [0; 4096]).await;
            // The client may hang up before the end.
            let _ = socket.write_all(answer.as_bytes()).await;
        });
        let answer = VendorHttp::default().call(|client| client.get(url)).await;
        server.await.unwrap();
        answer
    }

    #[tokio::test]
    async fn an_answer_without_end_is_given_up() {
        let largest = answered("200 OK", LARGEST).await.unwrap();
        assert_eq!(largest.body.len(), LARGEST);
        assert!(matches!(answered("200 OK", LARGEST + 1).await, Err(VendorError::TooLarge)));
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_not_followed() {
        let answer =
            answered("302 Found\r\nLocation: http://127.0.0.1:9/\r\nX-Left: 997.0", 0).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.number("x-left")), (302, Some(997)));
    }

    #[tokio::test]
    async fn no_error_has_the_address_or_the_key() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = VendorHttp::default();
        for address in ["http://127.0.0.1:9/x?apikey=hunter2", "no address?apikey=hunter2"] {
            let error = http.call(|client| client.get(address)).await.unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(!text.contains("hunter2") && !text.contains("127.0.0.1"), "{text}");
        }
    }

    #[test]
    fn a_key_in_a_header_is_not_shown() {
        let value = sensitive(&"hunter2".into()).unwrap();
        assert!(!format!("{value:?}").contains("hunter2"));
    }
}
