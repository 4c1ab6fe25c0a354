//! The settings of the vendors: where they are, and how much they may be asked.

use super::{Setting, setting};

const COUNT: &str = "a whole number from 1 to 1000000";

/// The three limits of a vendor; an empty default is no limit.
macro_rules! limits {
    ($key:literal, $variable:literal, $name:literal, $minute:literal, $day:literal) => {
        [
            setting(
                concat!("providers.", $key, "_per_minute"),
                concat!("BELLWETHER_PROVIDERS__", $variable, "_PER_MINUTE"),
                $minute,
                COUNT,
                concat!("requests to ", $name, " a minute, of all processes"),
            ),
            setting(
                concat!("providers.", $key, "_per_day"),
                concat!("BELLWETHER_PROVIDERS__", $variable, "_PER_DAY"),
                $day,
                COUNT,
                concat!("requests to ", $name, " a day (UTC), of all processes"),
            ),
            setting(
                concat!("providers.", $key, "_per_month"),
                concat!("BELLWETHER_PROVIDERS__", $variable, "_PER_MONTH"),
                "",
                COUNT,
                concat!("requests to ", $name, " a month (UTC), of all processes"),
            ),
        ]
    };
}

/// The free plans' limits, as far as they are known; for Yahoo, which publishes none, what goes unnoticed.
const LIMITS: [[Setting; 3]; 7] = [
    limits!("finnhub", "FINNHUB", "Finnhub", "60", ""),
    limits!("newsapi", "NEWSAPI", "NewsAPI", "30", "100"),
    limits!("marketaux", "MARKETAUX", "Marketaux", "30", "100"),
    limits!("alpha_vantage", "ALPHA_VANTAGE", "Alpha Vantage", "5", "25"),
    limits!("yahoo", "YAHOO", "Yahoo Finance", "30", "2000"),
    limits!("reddit", "REDDIT", "Reddit", "60", ""),
    limits!("gdelt", "GDELT", "GDELT", "10", "1000"),
];

pub(super) const PROVIDERS: &[Setting] = &{
    let mut all = [ADDRESSES[0]; ADDRESSES.len() + 3 * LIMITS.len()];
    let mut index = 0;
    while index < all.len() {
        all[index] = if index < ADDRESSES.len() {
            ADDRESSES[index]
        } else {
            let limit = index - ADDRESSES.len();
            LIMITS[limit / 3][limit % 3]
        };
        index += 1;
    }
    all
};

const ADDRESSES: &[Setting] = &[
    setting(
        "providers.yahoo",
        "BELLWETHER_PROVIDERS__YAHOO",
        "false",
        "true or false",
        "whether Yahoo Finance is asked for prices: it needs no key, and gives no promise",
    ),
    setting(
        "providers.reddit_subreddits",
        "BELLWETHER_PROVIDERS__REDDIT_SUBREDDITS",
        "wallstreetbets,stocks,investing,StockMarket,options",
        "names with commas between them, such as stocks,investing",
        "the subreddits whose posts are collected",
    ),
    setting(
        "providers.finnhub_url",
        "BELLWETHER_PROVIDERS__FINNHUB_URL",
        "https://finnhub.io/api/v1",
        "an address without a query, such as https://finnhub.io/api/v1",
        "where Finnhub is",
    ),
    setting(
        "providers.newsapi_url",
        "BELLWETHER_PROVIDERS__NEWSAPI_URL",
        "https://newsapi.org/v2",
        "an address without a query, such as https://newsapi.org/v2",
        "where NewsAPI is",
    ),
    setting(
        "providers.marketaux_url",
        "BELLWETHER_PROVIDERS__MARKETAUX_URL",
        "https://api.marketaux.com/v1",
        "an address without a query, such as https://api.marketaux.com/v1",
        "where Marketaux is",
    ),
    setting(
        "providers.alpha_vantage_url",
        "BELLWETHER_PROVIDERS__ALPHA_VANTAGE_URL",
        "https://www.alphavantage.co/query",
        "an address without a query, such as https://www.alphavantage.co/query",
        "where Alpha Vantage is",
    ),
    setting(
        "providers.yahoo_url",
        "BELLWETHER_PROVIDERS__YAHOO_URL",
        "https://query1.finance.yahoo.com",
        "an address without a query, such as https://query1.finance.yahoo.com",
        "where Yahoo Finance is",
    ),
    setting(
        "providers.reddit_url",
        "BELLWETHER_PROVIDERS__REDDIT_URL",
        "https://oauth.reddit.com",
        "an address without a query, such as https://oauth.reddit.com",
        "where Reddit is",
    ),
    setting(
        "providers.reddit_token_url",
        "BELLWETHER_PROVIDERS__REDDIT_TOKEN_URL",
        "https://www.reddit.com/api/v1/access_token",
        "an address without a query, such as https://www.reddit.com/api/v1/access_token",
        "where Reddit gives access tokens",
    ),
    setting(
        "providers.gdelt_url",
        "BELLWETHER_PROVIDERS__GDELT_URL",
        "https://api.gdeltproject.org/api/v2/doc/doc",
        "an address without a query, such as https://api.gdeltproject.org/api/v2/doc/doc",
        "where GDELT is",
    ),
    setting(
        "providers.finnhub_socket_url",
        "BELLWETHER_PROVIDERS__FINNHUB_SOCKET_URL",
        "wss://ws.finnhub.io",
        "wss://host or ws://host",
        "where Finnhub tells of trades",
    ),
];
