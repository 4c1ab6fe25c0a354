use super::reader::Reader;
use ipnet::IpNet;
use std::{fmt, str::FromStr};
use url::Url;

/// What the outside world looks like to the API.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// The address as browsers know it.
    pub public_url: BaseUrl,
    /// Who may say on whose behalf a request comes.
    pub trusted_proxies: Vec<IpNet>,
    /// Whose pages may call from a browser.
    pub cors_origins: Vec<Origin>,
    /// Whether several processes may listen on one port.
    pub reuse_port: bool,
}

impl HttpConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            public_url: reader.required("public_url"),
            trusted_proxies: reader.required::<List<IpNet>>("http.trusted_proxies").0,
            cors_origins: reader.required::<List<Origin>>("http.cors_origins").0,
            reuse_port: reader.choice("http.reuse_port", &[("true", true), ("false", false)]),
        }
    }
}

/// An HTTP address that paths are appended to; it ends without a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Whether it is called over TLS.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// As browsers send it.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl FromStr for BaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| "it is not a URL")?;
        let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if !is_http(&url) || !bare {
            return Err("it is not an HTTP address to which a path can be appended");
        }
        Ok(Self(url))
    }
}

/// Scheme, host and port of a site, as browsers send them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| "it is not a URL")?;
        let origin = url.origin().ascii_serialization();
        // Browsers compare letter by letter: a path, a default port or a capital would never match.
        if !is_http(&url) || origin != text {
            return Err("it is not an origin as browsers write it");
        }
        Ok(Self(origin))
    }
}

fn is_http(url: &Url) -> bool {
    ["http", "https"].contains(&url.scheme())
}

/// Values with commas between them; none in an empty text.
struct List<T>(Vec<T>);

impl<T: FromStr> FromStr for List<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::load, *};

    #[test]
    fn lists_are_read_with_and_without_spaces() {
        let http =
            load("[http]\ntrusted_proxies = '10.0.0.0/8, ::1/128'\ncors_origins = 'https://a.example,'")
                .unwrap()
                .http;
        assert!(http.trusted_proxies[0].contains(&"10.1.2.3".parse::<std::net::IpAddr>().unwrap()));
        assert_eq!(http.trusted_proxies.len(), 2);
        assert_eq!(http.cors_origins, ["https://a.example".parse().unwrap()]);
    }

    #[test]
    fn nobody_is_trusted_by_default() {
        let http = load("").unwrap().http;
        assert!(http.trusted_proxies.is_empty() && http.cors_origins.is_empty());
        assert!(!http.public_url.is_https());
    }

    #[test]
    fn one_bad_entry_is_a_problem_of_the_list() {
        let report = load("[http]\ntrusted_proxies = '10.0.0.0/8,proxy'\ncors_origins = '*'").unwrap_err();
        assert!(report.contains("BELLWETHER_HTTP__TRUSTED_PROXIES is \"10.0.0.0/8,proxy\""), "{report}");
        assert!(report.contains("BELLWETHER_HTTP__CORS_ORIGINS is \"*\""), "{report}");
    }

    #[test]
    fn only_what_browsers_send_is_an_origin() {
        for text in
            ["https://a.example/", "https://a.example:443", "https://A.example", "ftp://a.example", "null"]
        {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
        assert!("http://localhost:5173".parse::<Origin>().is_ok());
    }

    #[test]
    fn a_base_url_takes_a_path() {
        let joined = |text: &str| text.parse::<BaseUrl>().map(|url| format!("{url}/reset"));
        assert_eq!(joined("https://a.example"), Ok("https://a.example/reset".to_owned()));
        assert_eq!(joined("https://a.example/app/"), Ok("https://a.example/app/reset".to_owned()));
        for text in
            ["a.example", "ftp://a.example", "https://a.example?x", "https://a.example#x", "https://me@a"]
        {
            assert!(joined(text).is_err(), "{text}");
        }
    }
}
