use super::{Parameters, State, VENDOR_KEY, answer, world::World};
use axum::response::Response;
use serde_json::{Map, Value, json};

pub(super) async fn query(state: State, query: Parameters) -> Response {
    let key = query.get("apikey").cloned().unwrap_or_default();
    let limit = format!(
        "We have detected your API key as {key} and our standard API rate limit is 25 requests per day."
    );
    if let Some(answer) = state.moody((200, json!({ "Information": limit }))) {
        return answer;
    }
    if key != VENDOR_KEY {
        let wrong = format!("the parameter apikey is invalid or missing: {key}");
        return answer(200, json!({ "Error Message": wrong }));
    }
    let world = state.world.lock().unwrap();
    answer(
        200,
        match query["function"].as_str() {
            "GLOBAL_QUOTE" => quote(&world, &query["symbol"]),
            "TIME_SERIES_DAILY" if query["outputsize"] == "full" => {
                json!({ "Information": "Thank you for using Alpha Vantage! This is a premium endpoint." })
            }
            "TIME_SERIES_DAILY" => daily(&world, &query["symbol"]),
            "NEWS_SENTIMENT" => news(&world, &query["tickers"]),
            _ => json!({ "Error Message": "This API function does not exist." }),
        },
    )
}

fn quote(world: &World, symbol: &str) -> Value {
    match world.quotes.get(symbol) {
        None if symbol == "IBM" => {
            json!({ "Global Quote": { "01. symbol": "IBM", "05. price": "112.1300" } })
        }
        None => json!({ "Global Quote": {} }),
        Some((price, time)) => json!({ "Global Quote": { "01. symbol": symbol, "02. open": "None",
            "05. price": format!("{price:.4}"), "06. volume": "29062853",
            "07. latest trading day": time.date_naive().to_string(), "08. previous close": "-",
            "10. change percent": "-0.5852%" } }),
    }
}

fn daily(world: &World, symbol: &str) -> Value {
    let bars = world.bars(symbol);
    if bars.is_empty() {
        let text = "Invalid API call. Please retry or visit the documentation for TIME_SERIES_DAILY.";
        return json!({ "Error Message": text });
    }
    let series: Map<String, Value> = bars
        .into_iter()
        .map(|(day, bar)| {
            let close = bar.close.map_or("None".to_owned(), |close| format!("{close:.4}"));
            let row = json!({ "1. open": format!("{:.4}", bar.open), "2. high": format!("{:.4}", bar.high),
                "3. low": format!("{:.4}", bar.low), "4. close": close, "5. volume": bar.volume.to_string() });
            (day.to_string(), row)
        })
        .collect();
    json!({ "Meta Data": { "2. Symbol": symbol, "5. Time Zone": "US/Eastern" }, "Time Series (Daily)": series })
}

fn news(world: &World, symbol: &str) -> Value {
    let feed: Vec<Value> = world
        .articles("alphavantage", &[symbol.to_owned()])
        .iter()
        .map(|one| {
            json!({ "title": one.title, "url": one.url, "authors": [], "summary": one.body,
                "time_published": one.at.format("%Y%m%dT%H%M%S").to_string(), "source": one.publisher,
                "overall_sentiment_score": 0.016_888, "ticker_sentiment": [{ "ticker": symbol }] })
        })
        .collect();
    json!({ "items": feed.len().to_string(), "feed": feed })
}
