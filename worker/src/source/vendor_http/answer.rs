//! What a vendor sent, and what it means where the body says nothing.

use super::VendorError;
use chrono::{DateTime, Utc};
use reqwest::{
    StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, error::Category};
use std::time::Duration;

/// What a vendor sent, whatever its status.
#[derive(Clone, Debug)]
pub struct VendorAnswer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// When it came.
    pub at: DateTime<Utc>,
}

impl VendorAnswer {
    /// The body as JSON; some vendors write their errors as text.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A whole number in a header, such as `997.0`.
    pub fn number(&self, header: &str) -> Option<i64> {
        let text = self.headers.get(header)?.to_str().ok()?.trim();
        text.split('.').next()?.parse().ok()
    }

    /// A good answer's body, all of it in the documented shape.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, VendorError> {
        if !self.status.is_success() {
            return Err(self.refusal());
        }
        serde_json::from_slice(&self.body).map_err(|error| self.malformed(&error))
    }

    /// What the status means.
    pub fn refusal(&self) -> VendorError {
        let status = self.status.as_u16();
        match status {
            200..=299 => VendorError::Malformed("something that it does not document"),
            300..=399 => VendorError::Redirected(status),
            401 => VendorError::WrongCredential,
            402 => VendorError::QuotaSpent,
            403 => VendorError::Forbidden,
            404 => VendorError::NotFound,
            429 => VendorError::RateLimited { retry_after: self.retry_after() },
            500.. => VendorError::Server(status),
            _ => VendorError::Rejected(status),
        }
    }

    /// For how long the vendor wants to be left alone, where it says so.
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let until = DateTime::parse_from_rfc2822(text).ok()?;
        Some((until.to_utc() - self.at).to_std().unwrap_or_default())
    }

    fn malformed(&self, error: &serde_json::Error) -> VendorError {
        let is_page = self.body.trim_ascii_start().starts_with(b"<");
        VendorError::Malformed(match error.classify() {
            _ if is_page => "a page for people",
            Category::Eof => "half a document",
            Category::Data => "values of another kind than it documents",
            Category::Syntax | Category::Io => "text that is no JSON",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn answer(status: u16, body: &str) -> VendorAnswer {
        VendorAnswer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.into(),
            at: "2026-03-02T12:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn every_body_that_is_none_is_told_from_the_others() {
        for (body, expected) in [
            ("<html>Hello</html>", "a page for people"),
            ("[1, 2", "half a document"),
            ("", "half a document"),
            ("[null]", "values of another kind than it documents"),
            ("{\"1\": 2}", "values of another kind than it documents"),
            ("Too Many Requests", "text that is no JSON"),
        ] {
            let found = answer(200, body).parse::<Vec<u32>>();
            assert_eq!(found, Err(VendorError::Malformed(expected)), "{body}");
        }
        assert_eq!(answer(200, "[1]").parse::<Vec<u32>>(), Ok(vec![1]));
    }

    #[test]
    fn statuses_mean_what_they_mean() {
        for (status, expected) in [
            (302, VendorError::Redirected(302)),
            (400, VendorError::Rejected(400)),
            (401, VendorError::WrongCredential),
            (402, VendorError::QuotaSpent),
            (403, VendorError::Forbidden),
            (404, VendorError::NotFound),
            (429, VendorError::RateLimited { retry_after: None }),
            (503, VendorError::Server(503)),
        ] {
            assert_eq!(answer(status, "[1]").parse::<Vec<u32>>(), Err(expected));
        }
    }

    #[test]
    fn a_vendor_says_in_seconds_or_as_a_date_how_long_to_wait() {
        for (value, seconds) in [
            ("17", Some(17)),
            ("Mon, 02 Mar 2026 12:00:30 GMT", Some(30)),
            ("Mon, 02 Mar 2026 11:00:00 GMT", Some(0)),
            ("soon", None),
        ] {
            let mut answer = answer(429, "");
            answer.headers.insert(RETRY_AFTER, HeaderValue::from_static(value));
            assert_eq!(answer.retry_after(), seconds.map(Duration::from_secs), "{value}");
        }
    }
}
