//! Finnhub's trades, as they happen: one socket for up to fifty symbols.

use super::{VendorError, vendor_http::Line};
use chrono::{DateTime, Utc};
use domain::market::Symbol;
use entity::Amount;
use futures_util::{SinkExt as _, StreamExt as _};
use platform::config::SocketUrl;
use rustls::ClientConfig;
use rustls_platform_verifier::ConfigVerifierExt as _;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::json;
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{Error as SocketError, Message, error::ProtocolError, protocol::WebSocketConfig},
};

/// What the free plan follows at a time.
pub const MOST_SYMBOLS: usize = 50;
/// Until the socket is open.
const PATIENCE: Duration = Duration::from_secs(20);
/// Pings come every minute; a socket that is silent for longer is dead.
const SILENCE: Duration = Duration::from_secs(90);
const LARGEST: usize = 1024 * 1024;

/// Opens sockets.
#[derive(Clone, Debug)]
pub struct FinnhubTrades {
    line: Line,
    url: SocketUrl,
}

/// An open socket.
#[derive(Debug)]
pub struct Trades {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    followed: BTreeSet<Symbol>,
}

/// One trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trade {
    pub symbol: Symbol,
    pub price: Amount,
    pub time: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Wire {
    Trade { data: Vec<WireTrade> },
    Ping,
    Error { msg: String },
}

#[derive(Deserialize)]
struct WireTrade {
    s: String,
    p: f64,
    /// In milliseconds.
    t: i64,
}

impl FinnhubTrades {
    pub fn new(line: Line, url: SocketUrl) -> Self {
        Self { line, url }
    }

    /// Opens a socket that follows nothing yet.
    pub async fn connect(&self) -> Result<Trades, VendorError> {
        let dial = async |key: &secrecy::SecretString| {
            let address = self.url.with("token", key.expose_secret());
            let limits = WebSocketConfig::default().max_message_size(Some(LARGEST));
            let tls = ClientConfig::with_platform_verifier().map_err(|_| VendorError::Request)?;
            let tls = Connector::Rustls(Arc::new(tls));
            let dial = connect_async_tls_with_config(address, Some(limits), false, Some(tls));
            let (socket, _) = timeout(PATIENCE, Box::pin(dial))
                .await
                .map_err(|_| VendorError::TimedOut(PATIENCE))?
                .map_err(failure)?;
            Ok(Trades { socket, followed: BTreeSet::new() })
        };
        self.line.dial(dial).await
    }
}

impl Trades {
    /// Follows `symbols` from now on, and no others.
    pub async fn follow(&mut self, symbols: BTreeSet<Symbol>) -> Result<(), VendorError> {
        let ended: Vec<Symbol> = self.followed.difference(&symbols).cloned().collect();
        let begun: Vec<Symbol> = symbols.difference(&self.followed).cloned().collect();
        let ended = ended.iter().map(|symbol| ("unsubscribe", symbol));
        for (what, symbol) in ended.chain(begun.iter().map(|symbol| ("subscribe", symbol))) {
            let message = json!({ "type": what, "symbol": symbol }).to_string();
            self.socket.feed(Message::text(message)).await.map_err(failure)?;
        }
        self.socket.flush().await.map_err(failure)?;
        self.followed = symbols;
        Ok(())
    }

    /// The next trades, once there are some; dropped while it waits, it loses none.
    pub async fn next(&mut self) -> Result<Vec<Trade>, VendorError> {
        loop {
            let message = timeout(SILENCE, self.socket.next()).await;
            let message = message.map_err(|_| VendorError::TimedOut(SILENCE))?;
            let trades = match message.ok_or(VendorError::Unreachable)?.map_err(failure)? {
                Message::Text(text) => self.read(&text)?,
                Message::Close(_) => return Err(VendorError::Unreachable),
                _ => Vec::new(),
            };
            if !trades.is_empty() {
                return Ok(trades);
            }
        }
    }

    /// The trades of what is followed: some come after it was let go.
    fn read(&self, text: &str) -> Result<Vec<Trade>, VendorError> {
        let bad = VendorError::Malformed("a message that it does not document");
        let trades = match serde_json::from_str(text).map_err(|_| bad.clone())? {
            Wire::Ping => Vec::new(),
            Wire::Trade { data } => data,
            Wire::Error { msg } => return Err(complaint(&msg)),
        };
        let mut found = Vec::new();
        for trade in trades {
            let (time, price) = (DateTime::from_timestamp_millis(trade.t), Amount::from_f64(trade.p));
            let (Some(time), Some(price)) = (time, price.filter(|price| price.units() > 0)) else {
                return Err(bad);
            };
            let symbol = trade.s.parse().ok().filter(|symbol| self.followed.contains(symbol));
            found.extend(symbol.map(|symbol| Trade { symbol, price, time }));
        }
        Ok(found)
    }
}

fn complaint(text: &str) -> VendorError {
    let text = text.to_lowercase();
    if text.contains("api key") || text.contains("token") {
        VendorError::WrongCredential
    } else if text.contains("too many") || text.contains("limit") {
        VendorError::RateLimited { retry_after: None }
    } else {
        VendorError::Rejected(0)
    }
}

/// Drops what the library says: it may have the address, which has the key.
fn failure(error: SocketError) -> VendorError {
    match error {
        SocketError::Http(answer) => match answer.status().as_u16() {
            401 | 403 => VendorError::WrongCredential,
            429 => VendorError::RateLimited { retry_after: None },
            status @ 300..=399 => VendorError::Redirected(status),
            status @ 500.. => VendorError::Server(status),
            status => VendorError::Rejected(status),
        },
        SocketError::Capacity(_) => VendorError::TooLarge(LARGEST),
        SocketError::Url(_) | SocketError::HttpFormat(_) => VendorError::Request,
        // It went without a word.
        SocketError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => VendorError::Unreachable,
        SocketError::Protocol(_) | SocketError::Utf8(_) => {
            VendorError::Malformed("a message that it does not document")
        }
        _ => VendorError::Unreachable,
    }
}
