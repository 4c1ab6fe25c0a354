//! Who sent a request: address, credential, code.

use super::Server;
use crate::error::ApiError;
use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, header::AUTHORIZATION, header::USER_AGENT, request::Parts},
};
use domain::identity::{Access, Origin};
use ipnet::IpNet;
use secrecy::SecretString;
use std::net::{IpAddr, SocketAddr};

pub const API_KEY: &str = "x-api-key";
pub const TOTP: &str = "x-totp";
const FORWARDED: &str = "x-forwarded-for";
pub const REQUEST_ID: &str = "x-request-id";

/// Reads who sent a request, and checks the credential.
pub async fn of(server: &Server, parts: &Parts) -> Result<Access, ApiError> {
    let bearer = credential(&parts.headers);
    Ok(Access {
        origin: origin(server, parts),
        standing: server.gatekeeper.standing(bearer.as_ref()).await?,
        code: secret(&parts.headers, TOTP),
    })
}

/// The token or the key that came along.
pub fn credential(headers: &HeaderMap) -> Option<SecretString> {
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    bearer(authorization).or_else(|| secret(headers, API_KEY))
}

/// The token of `Bearer …`; whatever else stands there is a credential too, and a wrong one.
pub fn bearer(authorization: Option<&str>) -> Option<SecretString> {
    let text = authorization?.trim();
    let (scheme, token) = text.split_once(' ').unwrap_or(("", text));
    let token = if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { text };
    (!token.is_empty()).then(|| token.into())
}

/// Where a request comes from.
pub fn origin(server: &Server, parts: &Parts) -> Origin {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Origin {
        address: peer.map(|peer| client(peer, &parts.headers, &server.http.trusted_proxies)),
        user_agent: text(USER_AGENT.as_str()),
        trace_id: text(REQUEST_ID),
    }
}

/// The client's address: the last one in `X-Forwarded-For` that no trusted proxy has, if the peer is one.
///
/// What stands before it, the client may have written itself.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let peer = peer.to_canonical();
    if !is_trusted(&peer) {
        return peer;
    }
    let lines = headers.get_all(FORWARDED).iter().filter_map(|value| value.to_str().ok());
    let mut hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut nearest = peer;
    while let Some(hop) = hops.pop() {
        let Ok(address) = hop.parse::<IpAddr>() else { return nearest };
        nearest = address.to_canonical();
        if !is_trusted(&nearest) {
            return nearest;
        }
    }
    nearest
}

fn secret(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    (!text.is_empty()).then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::client;
    use axum::http::HeaderMap;
    use std::net::IpAddr;

    fn check(peer: &str, forwarded: &[&str], expected: &str) {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "192.0.2.7/32".parse().unwrap()];
        let found = client(peer.parse().unwrap(), &headers, &trusted);
        assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
    }

    #[test]
    fn only_trusted_proxies_say_who_the_client_is() {
        check("203.0.113.5", &["198.51.100.1"], "203.0.113.5");
        check("10.0.0.1", &["198.51.100.1"], "198.51.100.1");
        check("::ffff:10.0.0.1", &["198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &[], "10.0.0.1");
    }

    #[test]
    fn what_a_client_writes_itself_is_not_believed() {
        check("10.0.0.1", &["1.1.1.1, 198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &["1.1.1.1, 198.51.100.1", "192.0.2.7, 10.9.9.9"], "198.51.100.1");
        check("10.0.0.1", &["1.1.1.1, nonsense"], "10.0.0.1");
    }
}
