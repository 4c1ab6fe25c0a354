//! What administrators read each morning: what came in within a day, and what should be looked at.

use super::{
    Error, SendReport,
    service_level::{self, Level},
    setting,
};
use crate::{
    identity::account,
    market::{finding, stock, watchlist},
    sentiment::quality::{self, Analytics},
};
use chrono::{DateTime, NaiveDate, Utc};
use platform::{Platform, mail::Mail};
use sea_orm::ConnectionTrait;
use std::fmt::Write as _;

const HOURS: i64 = 24;
/// The day of the last report.
const LAST: &str = "report.day";

/// Enqueues the report of the day before now to each administrator, once a day; how many.
///
/// `good` is the quality from which on a post counts as high, 0…100.
pub async fn send(platform: &Platform, good: f64) -> Result<usize, Error> {
    let now = platform.clock.now();
    let body = write(platform.db.connection(), now, good).await?;
    let txn = platform.db.begin().await?;
    let day = now.date_naive();
    if setting::get::<NaiveDate>(&txn, LAST).await? == Some(day) {
        return Ok(0);
    }
    setting::put(&txn, now, LAST, &day).await?;
    let administrators = account::administrators(&txn).await?;
    for administrator in &administrators {
        let letter = SendReport { administrator: *administrator, day, body: body.clone() };
        jobs::enqueue(&txn, &platform.clock, &letter).await?;
    }
    txn.commit().await?;
    Ok(administrators.len())
}

/// The mail; `None` if the reader is no administrator any more.
pub async fn compose(platform: &Platform, job: &SendReport) -> Result<Option<Mail>, Error> {
    let reader = account::administrator(platform.db.connection(), job.administrator).await?;
    Ok(reader.map(|reader| Mail {
        to: reader.email,
        subject: format!("Report of {}", job.day),
        body: job.body.clone(),
    }))
}

async fn write(db: &impl ConnectionTrait, now: DateTime<Utc>, good: f64) -> Result<String, Error> {
    let posts = quality::analyse(db, now, HOURS, good).await?;
    let levels = service_level::measure(db, now).await?;
    let mut text = format!("Hello,\n\nthe {HOURS} hours before {}:\n", now.format("%Y-%m-%d %H:%M UTC"));
    about_posts(&mut text, &posts);
    about_levels(&mut text, &levels);
    let open = undecided(db).await?;
    let _ = writeln!(text, "\nFindings about prices that wait for a decision: {open} (`dataQuality`).");
    text.push_str("\nBellwether\n");
    Ok(text)
}

fn about_posts(text: &mut String, posts: &Analytics) {
    let Analytics { total, mean, high, tiers, top_stocks, days } = posts;
    let share = |count: u64| 100.0 * count as f64 / (*total).max(1) as f64;
    let low: u64 = tiers.iter().take(1).map(|tier| tier.count).sum();
    let _ = writeln!(
        text,
        "\nPosts: {total}, mean quality {} of 100, high {:.1} %, low {:.1} %.",
        number(*mean),
        share(*high),
        share(low)
    );
    for tier in tiers {
        let _ = writeln!(
            text,
            "  {:?}: {}, mean sentiment {} (+{} ={} -{})",
            tier.tier,
            tier.count,
            number(tier.mean_score),
            tier.positive,
            tier.neutral,
            tier.negative
        );
    }
    let stocks: Vec<String> =
        top_stocks.iter().map(|stock| format!("{} {}", stock.symbol, stock.posts)).collect();
    if !stocks.is_empty() {
        let _ = writeln!(text, "Most written about: {}.", stocks.join(", "));
    }
    let days: Vec<String> = days
        .iter()
        .map(|day| format!("{} {} ({})", day.day.format("%m-%d"), day.count, number(day.mean)))
        .collect();
    let _ = writeln!(text, "Posts a day, with their mean quality: {}.", days.join(", "));
}

fn about_levels(text: &mut String, levels: &[Level]) {
    let _ = writeln!(text, "\nService levels (`serviceLevels`):");
    for level in levels {
        let state = match level.is_kept() {
            Some(true) => "kept",
            Some(false) => "BROKEN",
            None => "not measured",
        };
        let measured = level.promise.sentence(level.value, level.symbol.as_deref());
        let _ = writeln!(text, "  {state}: {measured}");
    }
}

async fn undecided(db: &impl ConnectionTrait) -> Result<i64, Error> {
    let stocks = stock::ids_of(db, &watchlist::symbols(db).await?).await?;
    let filter = finding::Filter {
        states: vec![finding::State::Open, finding::State::Quarantined],
        ..Default::default()
    };
    Ok(finding::totals(db, &stocks, &filter).await?.into_values().sum())
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "unknown".to_owned(), |value| format!("{value:.2}"))
}
