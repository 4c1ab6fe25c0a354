//! Where the vendors are.

use platform::config::{Config, ProvidersConfig};

/// The parts of the addresses below a base.
const PATHS: [(&str, &str); 8] = [
    ("FINNHUB_URL", "finnhub"),
    ("NEWSAPI_URL", "newsapi"),
    ("MARKETAUX_URL", "marketaux"),
    ("ALPHA_VANTAGE_URL", "alphavantage"),
    ("YAHOO_URL", "yahoo"),
    ("REDDIT_URL", "reddit"),
    ("REDDIT_TOKEN_URL", "token"),
    ("GDELT_URL", "gdelt"),
];

pub(crate) fn settings(base: &str) -> Vec<(String, String)> {
    let mut settings = PATHS
        .map(|(name, path)| (format!("BELLWETHER_PROVIDERS__{name}"), format!("{base}/{path}")))
        .to_vec();
    settings.push(("BELLWETHER_PROVIDERS__FINNHUB_SOCKET_URL".to_owned(), socket(base)));
    settings
}

pub(crate) fn config(base: &str) -> ProvidersConfig {
    let at = |path: &str| format!("{base}/{path}").parse().unwrap();
    ProvidersConfig {
        finnhub: at("finnhub"),
        newsapi: at("newsapi"),
        marketaux: at("marketaux"),
        alpha_vantage: at("alphavantage"),
        yahoo: at("yahoo"),
        reddit: at("reddit"),
        reddit_token: at("token"),
        gdelt: at("gdelt"),
        finnhub_socket: socket(base).parse().unwrap(),
        ..Config::from_figment(figment::Figment::new()).unwrap().providers
    }
}

fn socket(base: &str) -> String {
    format!("{}/trades", base.replacen("http", "ws", 1))
}
