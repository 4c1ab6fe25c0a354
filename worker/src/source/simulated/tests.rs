use super::{
    post::{Density, drafts},
    *,
};
use chrono::TimeDelta;
use entity::Amount;
use std::collections::BTreeMap;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a test writes a date")
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("a test writes an instant")
}

fn market() -> SimulatedMarket {
    SimulatedMarket::new(42)
}

fn symbols(market: &SimulatedMarket) -> Vec<Symbol> {
    market.stocks().into_iter().map(|stock| stock.symbol).collect()
}

fn symbol(text: &str) -> [Symbol; 1] {
    [text.parse().expect("a test writes a symbol")]
}

fn bars(market: &SimulatedMarket, symbols: &[Symbol], from: &str, to: &str) -> Vec<NewBar> {
    market.all_bars(symbols, &(day(from)..=day(to)))
}

fn quote(market: &SimulatedMarket, symbol: &[Symbol; 1], time: DateTime<Utc>) -> Quote {
    market.all_quotes(symbol, time).pop().expect("a known symbol has a quote")
}

fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_one, mean_other) = (mean(one), mean(other));
    let products = |left: &[f64], left_mean: f64, right: &[f64], right_mean: f64| -> f64 {
        left.iter().zip(right).map(|(left, right)| (left - left_mean) * (right - right_mean)).sum()
    };
    let covariance = products(one, mean_one, other, mean_other);
    covariance
        / (products(one, mean_one, one, mean_one) * products(other, mean_other, other, mean_other)).sqrt()
}

fn returns(bars: &[NewBar]) -> Vec<f64> {
    bars.windows(2).map(|pair| (pair[1].close.to_f64() / pair[0].close.to_f64()).ln()).collect()
}

#[test]
fn the_same_question_has_the_same_answer_whatever_was_asked_before() {
    let (one, other) = (market(), market());
    let all = symbols(&one);
    let time = instant("2025-03-05T17:11:12Z");
    let _ = (
        other.all_quotes(&all, instant("2030-01-01T00:00:00Z")),
        bars(&other, &all, "2021-01-01", "2021-02-01"),
    );
    assert_eq!(one.all_quotes(&all, time), other.all_quotes(&all, time));
    assert_eq!(bars(&one, &all, "2024-05-01", "2024-05-31"), bars(&other, &all, "2024-05-01", "2024-05-31"));
    let range = time..time + TimeDelta::hours(1);
    let posts = post::within(&one.model, &all, range.clone(), Density::Live);
    assert_eq!(posts, post::within(&other.model, &all, range.clone(), Density::Live));
    let halves = [range.start..time + TimeDelta::minutes(17), time + TimeDelta::minutes(17)..range.end];
    let parts = halves.into_iter().flat_map(|half| post::within(&other.model, &all, half, Density::Live));
    assert_eq!(posts, parts.collect::<Vec<_>>());
    assert_ne!(one.all_quotes(&all, time), SimulatedMarket::new(43).all_quotes(&all, time));
}

#[test]
fn the_first_prices_of_a_seed_never_change() {
    let bar = bars(&market(), &symbol("AAPL"), "2024-05-06", "2024-05-06").remove(0);
    let cents = |amount: Option<Amount>| amount.map(|amount| amount.units() / 1_000_000);
    assert_eq!((cents(bar.open), cents(Some(bar.close))), (Some(11_794), Some(11_728)));
}

#[test]
fn bars_hold_together_and_exist_only_for_sessions() {
    let market = market();
    let all = symbols(&market);
    let bars = bars(&market, &all, "2023-12-01", "2024-01-31");
    assert_eq!(bars.len(), 41 * all.len());
    for bar in &bars {
        assert_eq!(bar.check(instant("2026-01-01T00:00:00Z")), Ok(()), "{bar:?}");
        assert!(bar.volume.is_some_and(|volume| volume > 10_000));
        assert_ne!(bar.day, day("2023-12-25"));
    }
    assert!(market.all_bars(&all, &(day("2020-01-01")..=day("2021-01-03"))).is_empty());
    assert_eq!(market.all_bars(&symbol("AAPL"), &(day("2020-01-01")..=day("2021-01-04"))).len(), 1);
    assert!(market.all_bars(&symbol("NOSUCH"), &(day("2024-01-01")..=day("2024-02-01"))).is_empty());
}

#[test]
fn quotes_agree_with_the_bar_of_their_day() {
    let market = market();
    for name in ["AAPL", "GME", "SPY", "F"] {
        let symbol = symbol(name);
        let found = bars(&market, &symbol, "2024-05-03", "2024-05-06");
        let [before, bar] = found.as_slice() else { panic!("two sessions") };
        let near = |one: Amount, other: Amount| (one.units() - other.units()).abs() <= 500_000;
        let opening = quote(&market, &symbol, instant("2024-05-06T13:30:00Z"));
        assert!(near(opening.price, bar.open.expect("an open")));
        let closing = quote(&market, &symbol, instant("2024-05-06T20:00:00Z"));
        assert!(near(closing.price, bar.close));
        assert_eq!(
            (closing.open, closing.high, closing.low, closing.volume),
            (bar.open, bar.high, bar.low, bar.volume)
        );
        assert_eq!(closing.previous_close, Some(before.close));
        let mut last = opening;
        for minute in 1..390 {
            let quote = quote(&market, &symbol, instant("2024-05-06T13:30:00Z") + TimeDelta::minutes(minute));
            assert!(
                quote.high >= last.high
                    && quote.low <= last.low
                    && quote.high <= bar.high
                    && quote.low >= bar.low
            );
            assert!(quote.high >= Some(quote.price) && quote.low <= Some(quote.price));
            assert!(quote.volume >= last.volume && quote.open == bar.open);
            last = quote;
        }
    }
}

#[test]
fn quotes_change_every_second_by_day_by_night_and_on_sundays() {
    let market = market();
    let all = symbols(&market);
    for start in ["2024-05-06T15:00:00Z", "2024-05-06T23:00:00Z", "2024-05-05T12:00:00Z"] {
        let mut last = market.all_quotes(&all, instant(start));
        for second in 1..60 {
            let quotes = market.all_quotes(&all, instant(start) + TimeDelta::seconds(second));
            let moved = quotes.iter().zip(&last).filter(|(quote, last)| quote.price != last.price).count();
            // At the day's high or low a price may rest for a while.
            assert!(moved * 100 >= all.len() * 95, "{moved} at {start} + {second}");
            last = quotes;
        }
    }
}

#[test]
fn stocks_of_a_sector_move_together() {
    let market = market();
    let mut same = Vec::new();
    let mut different = Vec::new();
    let equities: Vec<NewStock> =
        market.stocks().into_iter().filter(|stock| stock.sector.is_some()).collect();
    let names: Vec<Symbol> = equities.iter().map(|stock| stock.symbol.clone()).collect();
    let bars = bars(&market, &names, "2023-01-01", "2023-12-31");
    let moves: Vec<Vec<f64>> = bars.chunk_by(|one, next| one.symbol == next.symbol).map(returns).collect();
    for (one, stock) in equities.iter().enumerate() {
        for other in 0..one {
            let pairs = if stock.sector == equities[other].sector { &mut same } else { &mut different };
            pairs.push(correlation(&moves[one], &moves[other]));
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (same, different) = (mean(&same), mean(&different));
    println!("correlation {same:.3} within sectors, {different:.3} across");
    assert!(same > different + 0.05 && different > 0.1, "{same} {different}");
}

#[test]
fn daily_volatility_is_what_the_table_says() {
    let market = market();
    let bars = bars(&market, &symbols(&market), "2021-01-01", "2024-12-31");
    for bars in bars.chunk_by(|one, next| one.symbol == next.symbol) {
        let stock = market.model.find(&bars[0].symbol).expect("a stock of the market");
        // Without the jumps, which are no part of it.
        let quiet: Vec<f64> = returns(bars)
            .into_iter()
            .enumerate()
            .filter(|(index, _)| stock.jump(index + 1) == 0.0)
            .map(|(_, change)| change * change)
            .collect();
        let volatility = (quiet.iter().sum::<f64>() / quiet.len() as f64).sqrt();
        let ratio = volatility / stock.listing.volatility;
        assert!((0.85..1.2).contains(&ratio), "{} {ratio}", stock.listing.symbol());
    }
}

#[test]
fn no_ten_seconds_pass_without_a_post() {
    let market = market();
    let start = instant("2024-05-05T03:00:00Z");
    let posts =
        post::within(&market.model, &symbols(&market), start..start + TimeDelta::hours(1), Density::Live);
    assert!(posts[0].published_at < start + TimeDelta::seconds(10));
    for pair in posts.windows(2) {
        let gap = pair[1].published_at - pair[0].published_at;
        assert!(gap >= TimeDelta::zero() && gap < TimeDelta::seconds(10), "{gap}");
    }
    let mut ids: Vec<&str> = posts.iter().map(|post| post.external_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), posts.len());
}

#[test]
fn history_is_a_part_of_what_was_live() {
    let market = market();
    let all = symbols(&market);
    let start = instant("2024-05-01T00:00:00Z");
    let history = market.history(&all, start..start + TimeDelta::days(30));
    println!("{} posts in 30 days", history.len());
    assert!((15_000..40_000).contains(&history.len()), "{}", history.len());
    let live = post::within(&market.model, &all, start..start + TimeDelta::hours(6), Density::Live);
    let early: Vec<_> =
        history.iter().filter(|post| post.published_at < start + TimeDelta::hours(6)).collect();
    assert!(early.len() > 50 && early.iter().all(|post| live.contains(post)));
}

#[test]
fn posts_name_a_symbol_that_was_asked_for() {
    let market = market();
    let start = instant("2024-05-06T00:00:00Z");
    let posts = market.history(&symbol("NVDA"), start..start + TimeDelta::days(10));
    assert!(posts.len() > 100);
    for post in posts {
        let text = format!("{} {}", post.title.unwrap_or_default(), post.body);
        assert!((text.contains("NVDA") || text.contains("NVIDIA")) && !text.contains('{'), "{text}");
    }
}

#[test]
fn news_makes_posts_thicker() {
    let market = market();
    let (stock, jump) = market
        .model
        .stocks()
        .iter()
        .find_map(|stock| Some((stock, (840..900).find(|session| stock.jump(*session) != 0.0)?)))
        .expect("jumps happen each quarter");
    let sessions: Vec<_> = moment::sessions(day("2021-01-01"), day("2026-01-01")).collect();
    let close = sessions[jump - 1].1.close;
    let count = |from: DateTime<Utc>| {
        let range = from..from + TimeDelta::hours(6);
        post::within(&market.model, std::slice::from_ref(stock.listing.symbol()), range, Density::Live).len()
    };
    let (before, after) = (count(close - TimeDelta::hours(6)), count(close + TimeDelta::hours(3)));
    assert!(after > 3 * before + 100, "{before} {after}");
}

#[test]
fn analysts_weakly_lead_the_next_session() {
    let market = market();
    let range = instant("2023-06-01T00:00:00Z")..instant("2024-06-01T00:00:00Z");
    let mut moods: BTreeMap<(Symbol, usize), (f64, usize)> = BTreeMap::new();
    for draft in drafts(&market.model, range, Density::History).filter(post::Draft::is_by_analyst) {
        let entry = moods.entry((draft.stock.listing.symbol().clone(), draft.session())).or_default();
        *entry = (entry.0 + draft.score(), entry.1 + 1);
    }
    let (mut scores, mut next) = (Vec::new(), Vec::new());
    for ((symbol, session), (sum, count)) in moods {
        let stock = market.model.find(&symbol).expect("a stock of the market");
        scores.push(sum / count as f64);
        next.push(
            (market.model.log_close(stock, session + 1) - market.model.log_close(stock, session))
                / stock.listing.volatility,
        );
    }
    let correlation = correlation(&scores, &next);
    println!("correlation {correlation:.3} over {} stock days", scores.len());
    assert!((0.1..0.6).contains(&correlation), "{correlation}");
}

#[test]
fn questions_are_answered_fast_enough() {
    let market = market();
    let all = symbols(&market);
    let start = std::time::Instant::now();
    let bars = bars(&market, &all, "2023-01-01", "2024-12-31");
    println!("{} bars in {:?}", bars.len(), start.elapsed());
    let start = std::time::Instant::now();
    let quotes = market.all_quotes(&all, instant("2024-05-06T15:00:00Z"));
    println!("{} quotes in {:?}", quotes.len(), start.elapsed());
    let start = std::time::Instant::now();
    let posts = market.history(&all, instant("2024-05-01T00:00:00Z")..instant("2024-05-31T00:00:00Z"));
    println!("{} posts in {:?}", posts.len(), start.elapsed());
    assert!(start.elapsed() < TimeDelta::seconds(30).to_std().expect("a positive time"));
}

#[tokio::test]
async fn bars_are_given_when_their_session_is_over() {
    let clock = Clock::fixed(instant("2024-05-06T19:59:59Z"));
    let market = market().with_clock(clock.clone());
    let days = day("2024-05-01")..=day("2024-05-31");
    let count =
        async || market.bars(&symbol("AAPL"), days.clone()).await.expect("nothing can fail").bars.len();
    assert_eq!(count().await, 3);
    clock.set(instant("2024-05-06T20:00:00Z"));
    assert_eq!(count().await, 4);
}
