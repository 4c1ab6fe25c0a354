use super::{BaseUrl, reader::Reader};

/// Where the vendors are.
#[derive(Clone, Debug)]
pub struct ProvidersConfig {
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

#[cfg(test)]
mod tests {
    use super::super::load;

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
