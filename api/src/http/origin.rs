//! Which sites' pages may call from a browser.

use super::access::{API_KEY, REQUEST_ID, TOTP};
use crate::limit;
use axum::http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN, RETRY_AFTER},
};
use platform::config::HttpConfig;
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Lets the pages of the sites that are set call, and read our headers.
pub fn cors(http: &HttpConfig) -> CorsLayer {
    let own = [API_KEY, TOTP, REQUEST_ID].map(HeaderName::from_static);
    let origins = http.cors_origins.iter().filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok());
    let told = limit::HEADERS.into_iter().chain([RETRY_AFTER, HeaderName::from_static(REQUEST_ID)]);
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE].into_iter().chain(own).collect::<Vec<_>>())
        .expose_headers(told.collect::<Vec<_>>())
        .max_age(Duration::from_hours(1))
}

/// Whether a page may open a socket: browsers ask nobody before they do, they only say whose page it is.
pub fn may_connect(http: &HttpConfig, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let is_ours = origin.split_once("://").is_some_and(|(_, site)| Some(site) == host);
    is_ours
        || origin == http.public_url.origin()
        || http.cors_origins.iter().any(|listed| listed.as_str() == origin)
}
