//! What following a model would have earned.

use super::market::{self, THEN, ids, predict};
use domain::identity::Role;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use tests::{TestApp, person::error_code};

const QUERY: &str = "query ($model: ID!, $symbols: [Symbol!], $days: Int, $commission: Float! = 5) {
    backtest(model: $model, symbols: $symbols, days: $days, costs: { commission: $commission, slippage: 0, borrow: 0 }) {
        firstDay lastDay stocks predictions
        strategy { totalReturn trades costs sharpe maxDrawdown winningDays { share } equity { day equity } }
        buyAndHold { totalReturn } } }";

#[tokio::test]
async fn signals_are_traded_at_the_next_open_and_late_ones_not_at_all() {
    let app = TestApp::start_on(THEN).await;
    let admin = market::with_model(&app).await;
    let id = ids(&app).await[0].clone();
    let base = |prediction: Value| prediction["basePrice"].as_str().unwrap().parse::<f64>().unwrap();
    let aapl = base(predict(&app, &admin, "AAPL").await);
    let msft = base(predict(&app, &admin, "MSFT").await);
    let before = app.data_as(&admin, QUERY, json!({ "model": id })).await;
    // The next day's open has passed: nobody could follow that one.
    app.platform.clock.set("2024-03-14T14:30:00Z".parse().unwrap());
    let person = app.person("later", Role::User).await;
    let nvda = base(predict(&app, &person, "NVDA").await);
    let db = app.platform.db.connection();
    for (symbol, signal) in [("AAPL", "BUY"), ("MSFT", "SELL"), ("NVDA", "BUY")] {
        let sql = format!("UPDATE prediction SET signal = '{signal}' WHERE symbol = '{symbol}'");
        db.execute_unprepared(&sql).await.unwrap();
    }
    app.platform.clock.set(THEN.parse().unwrap());
    market::next_day(&app, [aapl, msft, nvda]).await;
    market::next_day(&app, [1.1 * aapl, 0.94 * msft, 2.0 * nvda]).await;
    let ask = async |variables: Value| app.graphql(QUERY, variables).await;
    let free = ask(json!({ "model": id, "commission": 0.0 })).await;
    let dear = ask(json!({ "model": id, "commission": 100.0 })).await;
    let alone = ask(json!({ "model": id, "commission": 0.0, "symbols": ["MSFT"] })).await;
    let old = ask(json!({ "model": id, "days": 1 })).await;
    let wrong =
        [ask(json!({ "model": id, "days": 0 })).await, ask(json!({ "model": id, "commission": -1.0 })).await];
    app.finish().await;
    let accounts = |response: &Value| response["data"]["backtest"].clone();
    assert_eq!(before["backtest"]["strategy"]["totalReturn"], 0.0, "nothing can be traded yet");
    let free = accounts(&free);
    assert_eq!((&free["firstDay"], &free["lastDay"]), (&json!("2024-03-13"), &json!("2024-03-15")));
    assert_eq!((&free["stocks"], &free["predictions"]), (&json!(2), &json!(2)));
    // A half long gained 10 %, a half short gained 6 %.
    let total = |accounts: &Value, whose: &str| accounts[whose]["totalReturn"].as_f64().unwrap();
    assert!((total(&free, "strategy") - 0.16 / 2.0).abs() < 1e-4, "{free}");
    assert!((total(&free, "buyAndHold") - (0.10 - 0.06) / 2.0).abs() < 1e-4, "{free}");
    assert_eq!(
        (&free["strategy"]["trades"], free["strategy"]["equity"].as_array().unwrap().len()),
        (&json!(4), 3)
    );
    let dear = accounts(&dear);
    assert!(total(&dear, "strategy") < total(&free, "strategy") - 0.01, "{dear}");
    assert!(dear["strategy"]["costs"].as_f64().unwrap() > 0.01, "{dear}");
    assert!((total(&accounts(&alone), "strategy") - 0.06).abs() < 1e-4, "{alone}");
    assert_eq!(accounts(&old), Value::Null);
    assert_eq!(wrong.each_ref().map(error_code), ["BAD_USER_INPUT"; 2]);
}
