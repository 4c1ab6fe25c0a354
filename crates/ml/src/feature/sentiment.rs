//! Features of what was posted.
//!
//! A feature over several days is known once the stock has had so many, if at least half of them have posts; days without
//! posts are left out, not taken for neutral. No literature fixes these features: the definitions are ours.

use super::{
    day::{Series, known},
    price::combine,
};
use quant::{statistics, trend::least_squares};

/// `sent_mean`: the mean score of the day's posts, -1 to 1.
pub(super) fn mean(series: &Series) -> Vec<Option<f64>> {
    known(&series.means)
}

/// `sent_std`: the standard deviation of the scores of the day's posts.
pub(super) fn deviation(series: &Series) -> Vec<Option<f64>> {
    known(&series.deviations)
}

/// `post_count`: the number of the day's posts; 0 is a number, too.
pub(super) fn posts(series: &Series) -> Vec<Option<f64>> {
    known(&series.posts)
}

/// `pos_ratio`: the share of the day's posts with a positive score, 0 to 1.
pub(super) fn positive(series: &Series) -> Vec<Option<f64>> {
    known(&series.positives)
}

/// `sent_trend` over 5 days, `sent_trend_3d` and `sent_trend_7d`: the slope of the least-squares line through the daily
/// means, in score per trading day.
pub(super) fn trend<const DAYS: usize>(series: &Series) -> Vec<Option<f64>> {
    within(&series.means, DAYS, |means| {
        let points: Vec<(f64, f64)> =
            means.iter().enumerate().map(|(day, mean)| (day as f64, *mean)).collect();
        Some(least_squares(&points)?.slope)
    })
}

/// `sent_volatility`: the sample standard deviation of the daily means over 7 days.
pub(super) fn volatility(series: &Series) -> Vec<Option<f64>> {
    within(&series.means, 7, statistics::standard_deviation)
}

/// `sent_momentum`: the mean of the daily means over 3 days, less that over 7; -2 to 2.
pub(super) fn momentum(series: &Series) -> Vec<Option<f64>> {
    let [short, long] = [3, 7].map(|days| within(&series.means, days, statistics::mean));
    combine(&short, &long, |short, long| short - long)
}

/// `sent_divergence`: how far the day's mean stands above its 20 days' mean, less how far the close stands above its own,
/// each in its own sample standard deviations: positive where the crowd is more confident than the price.
pub(super) fn divergence(series: &Series) -> Vec<Option<f64>> {
    let [crowd, price] = [&series.means, &series.closes].map(|values| within(values, 20, standing));
    combine(&crowd, &price, |crowd, price| crowd - price)
}

/// `sent_extremes`: the share of the day's posts with a score beyond ±0.8, 0 to 1.
pub(super) fn extremes(series: &Series) -> Vec<Option<f64>> {
    known(&series.extremes)
}

/// How many standard deviations the last value is above the mean; `None` if it is missing or nothing varies.
fn standing(values: &[f64]) -> Option<f64> {
    let deviation = statistics::standard_deviation(values).filter(|deviation| *deviation > 0.0)?;
    let standing = (values.last()? - statistics::mean(values)?) / deviation;
    Some(standing).filter(|standing| standing.is_finite())
}

/// What the last `days` values say, of which at least half must be known.
fn within(values: &[f64], days: usize, of: impl Fn(&[f64]) -> Option<f64>) -> Vec<Option<f64>> {
    let window = |end: usize| {
        let window = &values[(end + 1).checked_sub(days)?..=end];
        let known = window.iter().filter(|value| value.is_finite()).count();
        if 2 * known < days { None } else { of(window) }
    };
    (0..values.len()).map(window).collect()
}
