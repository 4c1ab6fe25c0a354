use super::{BaseUrl, reader::Reader};
use std::str::FromStr;
use url::Url;

/// Where the vendors are, and how much they may be asked.
#[derive(Clone, Debug)]
pub struct ProvidersConfig {
    /// Whether Yahoo is asked at all: it needs no key that could say so.
    pub yahoo_enabled: bool,
    pub subreddits: Subreddits,
    /// Where Finnhub tells of trades.
    pub finnhub_socket: SocketUrl,
    pub limits: ProviderLimits,
    pub finnhub: BaseUrl,
    pub newsapi: BaseUrl,
    pub marketaux: BaseUrl,
    pub alpha_vantage: BaseUrl,
    pub yahoo: BaseUrl,
    pub reddit: BaseUrl,
    /// Where Reddit trades its credential for an access token.
    pub reddit_token: BaseUrl,
    pub gdelt: BaseUrl,
}

impl ProvidersConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            yahoo_enabled: reader.choice("providers.yahoo", &[("true", true), ("false", false)]),
            subreddits: reader.required("providers.reddit_subreddits"),
            finnhub_socket: reader.required("providers.finnhub_socket_url"),
            limits: ProviderLimits::read(reader),
            finnhub: reader.required("providers.finnhub_url"),
            newsapi: reader.required("providers.newsapi_url"),
            marketaux: reader.required("providers.marketaux_url"),
            alpha_vantage: reader.required("providers.alpha_vantage_url"),
            yahoo: reader.required("providers.yahoo_url"),
            reddit: reader.required("providers.reddit_url"),
            reddit_token: reader.required("providers.reddit_token_url"),
            gdelt: reader.required("providers.gdelt_url"),
        }
    }
}

/// How much each vendor may be asked.
#[derive(Clone, Copy, Debug)]
pub struct ProviderLimits {
    pub finnhub: VendorLimits,
    pub newsapi: VendorLimits,
    pub marketaux: VendorLimits,
    pub alpha_vantage: VendorLimits,
    pub yahoo: VendorLimits,
    pub reddit: VendorLimits,
    pub gdelt: VendorLimits,
}

/// How much one vendor may be asked by all processes together; absent: as much as they like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VendorLimits {
    pub per_minute: Option<u32>,
    pub per_day: Option<u32>,
    pub per_month: Option<u32>,
}

impl ProviderLimits {
    fn read(reader: &mut Reader) -> Self {
        let mut of = |vendor: &str| {
            let mut limit = |period: &str| reader.count(&format!("providers.{vendor}_{period}"));
            VendorLimits {
                per_minute: limit("per_minute"),
                per_day: limit("per_day"),
                per_month: limit("per_month"),
            }
        };
        Self {
            finnhub: of("finnhub"),
            newsapi: of("newsapi"),
            marketaux: of("marketaux"),
            alpha_vantage: of("alpha_vantage"),
            yahoo: of("yahoo"),
            reddit: of("reddit"),
            gdelt: of("gdelt"),
        }
    }
}

/// The names of subreddits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subreddits(pub Vec<String>);

impl FromStr for Subreddits {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let names: Vec<String> =
            text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let is_name = |name: &String| {
            (2..=21).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        if names.iter().all(is_name) { Ok(Self(names)) } else { Err("these are not names of subreddits") }
    }
}

/// The address of a WebSocket, without a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketUrl(Url);

impl SocketUrl {
    /// With `name=value` as its query.
    pub fn with(&self, name: &str, value: &str) -> String {
        let mut url = self.0.clone();
        url.query_pairs_mut().append_pair(name, value);
        url.into()
    }
}

impl FromStr for SocketUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| "it is not a URL")?;
        let is_bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if ["ws", "wss"].contains(&url.scheme()) && is_bare { Ok(Self(url)) } else { Err("it is no socket") }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::load, VendorLimits};

    #[test]
    fn limits_are_those_of_free_plans_until_told_otherwise() {
        let limits = load("[providers]\nfinnhub_per_minute = 300\nfinnhub_per_month = 9000").unwrap();
        let limits = limits.providers.limits;
        let none = VendorLimits::default();
        assert_eq!(
            limits.finnhub,
            VendorLimits { per_minute: Some(300), per_day: None, per_month: Some(9000) }
        );
        assert_eq!(limits.alpha_vantage, VendorLimits { per_minute: Some(5), per_day: Some(25), ..none });
        let report = load("[providers]\nfinnhub_per_day = 0").unwrap_err();
        assert!(report.contains("BELLWETHER_PROVIDERS__FINNHUB_PER_DAY is \"0\""), "{report}");
    }

    #[test]
    fn nobody_is_called_without_a_key_until_yahoo_is_asked_for() {
        assert!(!load("").unwrap().providers.yahoo_enabled);
        assert!(load("providers.yahoo = true").unwrap().providers.yahoo_enabled);
    }

    #[test]
    fn what_is_no_subreddit_or_socket_is_refused() {
        let report =
            load("[providers]\nreddit_subreddits = 'stocks,r/x'\nfinnhub_socket_url = 'https://x.example'");
        let report = report.unwrap_err();
        assert!(report.contains("REDDIT_SUBREDDITS") && report.contains("FINNHUB_SOCKET_URL"), "{report}");
    }

    #[test]
    fn vendors_are_where_they_are_and_elsewhere_when_told() {
        let providers = load("[providers]\nyahoo_url = 'http://localhost:1'").unwrap().providers;
        assert_eq!(providers.finnhub.to_string(), "https://finnhub.io/api/v1");
        assert_eq!(providers.yahoo.to_string(), "http://localhost:1");
    }

    #[test]
    fn a_key_has_no_place_in_an_address() {
        let report = load("[providers]\nmarketaux_url = 'https://x.example?api_token=hunter2'").unwrap_err();
        assert!(report.contains("BELLWETHER_PROVIDERS__MARKETAUX_URL is"), "{report}");
    }
}
