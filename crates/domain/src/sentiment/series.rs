//! Sentiment and price side by side, for charts.

use super::summary::Summary;
use crate::Sources;
use crate::market::price::Close;
use chrono::{Datelike, NaiveDate};
use entity::Amount;
use quant::statistics::Moments;
use std::collections::BTreeMap;

/// The width of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// One trading day.
    Day,
    /// From Monday.
    Week,
    /// From the first.
    Month,
}

/// One point of both axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    pub scores: Moments,
    /// The last close within the bucket.
    pub close: Option<Amount>,
    pub sources: Sources,
}

impl Bucket {
    /// The first day of the bucket that `day` is in.
    pub fn start(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => day,
            Self::Week => day - chrono::Days::new(u64::from(day.weekday().num_days_from_monday())),
            Self::Month => day.with_day(1).unwrap_or(day),
        }
    }
}

/// Joins scores and closes by bucket, oldest first; a bucket needs only one of them.
pub fn join(summary: &Summary, closes: &[Close], bucket: Bucket) -> BTreeMap<NaiveDate, Point> {
    let mut points: BTreeMap<NaiveDate, Point> = BTreeMap::new();
    for day in &summary.days {
        let point = points.entry(bucket.start(day.day)).or_default();
        point.scores = point.scores.merge(day.moments);
        point.sources.extend(&day.sources);
    }
    // Oldest first, so the last one stays.
    for close in closes {
        let point = points.entry(bucket.start(close.time.date_naive())).or_default();
        point.close = Some(close.price);
        point.sources.insert(close.source);
    }
    points
}
