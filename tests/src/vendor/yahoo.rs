use super::{Parameters, State, answer};
use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, NaiveDate, TimeDelta};
use platform::calendar::Calendar;
use serde_json::{Value, json};

pub(super) async fn chart(
    state: State,
    Path(symbol): Path<String>,
    headers: HeaderMap,
    query: Parameters,
) -> Response {
    if state.is_limited() {
        return (StatusCode::TOO_MANY_REQUESTS, "Edge: Too Many Requests").into_response();
    }
    if let Some(answer) = state.moody((429, Value::Null)) {
        return answer;
    }
    let agent = headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    assert!(agent.starts_with("Mozilla/5.0"), "{agent}");
    let world = state.world.lock().unwrap();
    let (bars, quote) = (world.bars(&symbol), world.quotes.get(&symbol));
    if bars.is_empty() && quote.is_none() && symbol != "AAPL" {
        let error = json!({ "code": "Not Found", "description": "No data found, symbol may be delisted" });
        return answer(404, json!({ "chart": { "result": null, "error": error } }));
    }
    let instant = |name: &str| query.get(name).map(|text| text.parse::<i64>().unwrap());
    let (from, to) = (instant("period1").unwrap_or(i64::MAX), instant("period2").unwrap_or(i64::MAX));
    let within: Vec<_> = bars.into_iter().filter(|(day, _)| (from..to).contains(&open(*day))).collect();
    let splits: serde_json::Map<String, Value> = world
        .splits
        .iter()
        .filter(|(of, day, _)| *of == symbol && (from..to).contains(&open(*day)))
        .map(|(_, day, numerator)| {
            let at = open(*day);
            (at.to_string(), json!({ "date": at, "numerator": numerator, "denominator": 1 }))
        })
        .collect();
    let mut meta = json!({ "symbol": symbol, "currency": "USD", "gmtoffset": -18000,
        "exchangeTimezoneName": "America/New_York" });
    if let Some((price, time)) = quote {
        meta["regularMarketPrice"] = json!(price);
        meta["regularMarketTime"] = json!(time.timestamp());
    }
    let column =
        |pick: &dyn Fn(&super::Bar) -> Value| within.iter().map(|(_, bar)| pick(bar)).collect::<Value>();
    let times: Vec<i64> = within.iter().map(|(day, _)| open(*day)).collect();
    let close = column(&|bar| json!(bar.close));
    let of_traded = |price: f64, bar: &super::Bar| bar.close.map_or(Value::Null, |_| json!(price));
    let quote = json!({ "open": column(&|bar| of_traded(bar.open, bar)), "close": close,
        "high": column(&|bar| of_traded(bar.high, bar)), "low": column(&|bar| of_traded(bar.low, bar)),
        "volume": column(&|bar| bar.close.map_or(Value::Null, |_| json!(bar.volume))) });
    let mut chart = json!({ "meta": meta, "events": { "splits": splits },
        "indicators": { "quote": [{}], "adjclose": [{}] } });
    if !times.is_empty() {
        chart["timestamp"] = json!(times);
        chart["indicators"] = json!({ "quote": [quote], "adjclose": [{ "adjclose": close }] });
    }
    answer(200, json!({ "chart": { "result": [chart], "error": null } }))
}

/// The session's first second.
fn open(day: NaiveDate) -> i64 {
    let session = Calendar::new_york().session(day).map(|session| session.open);
    let noon = DateTime::UNIX_EPOCH + (day - NaiveDate::default()) + TimeDelta::hours(15);
    session.unwrap_or(noon).timestamp()
}
