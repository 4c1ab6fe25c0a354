//! A URL that may hold a password.

use std::{fmt, str::FromStr};

/// Shows itself without the password.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// The URL with its password, to connect with.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for SecretUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let schemes =
            ["sqlite:", "postgres://", "postgresql://", "redis://", "rediss://", "smtp://", "smtps://"];
        if schemes.iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme)) {
            Ok(Self(text.to_owned()))
        } else {
            Err("the URL has no known scheme")
        }
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact(&self.0))
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `url` with the password, if any, replaced by stars.
pub(super) fn redact(url: &str) -> String {
    // Without a scheme it is no URL, but may still have been meant as one.
    let (scheme, rest) = url.split_at(url.find("://").map_or(0, |place| place + 3));
    let Some((user, host)) = rest.rsplit_once('@') else { return url.to_owned() };
    match user.split_once(':') {
        Some((name, _)) => format!("{scheme}{name}:***@{host}"),
        None if scheme.is_empty() => url.to_owned(),
        None => format!("{scheme}{user}:***@{host}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{SecretUrl, redact};

    #[test]
    fn a_password_is_never_shown() {
        let url: SecretUrl = "postgres://me:p@ss:word@db:5432/x".parse().unwrap();
        assert_eq!(format!("{url} {url:?}"), "postgres://me:***@db:5432/x postgres://me:***@db:5432/x");
        assert_eq!(redact("me:pass@db/x"), "me:***@db/x");
        assert_eq!(redact("Bellwether <me@example.com>"), "Bellwether <me@example.com>");
    }
}
