//! Errors of point forecasts, also against saying that nothing will change.

use super::{Proportion, mean};

/// A forecast, what came of it, and what was known last when it was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The last value before the forecast, which a naive forecaster would repeat.
    pub last: f64,
    pub forecast: f64,
    pub actual: f64,
}

impl Point {
    fn error(&self) -> f64 {
        self.forecast - self.actual
    }
}

/// The mean absolute error, in the unit of the forecasts.
pub fn mean_absolute_error(points: &[Point]) -> Option<f64> {
    mean(points.iter().map(|point| Some(point.error().abs())))
}

/// The root of the mean squared error, in the unit of the forecasts.
pub fn root_mean_squared_error(points: &[Point]) -> Option<f64> {
    mean(points.iter().map(|point| Some(point.error().powi(2)))).map(f64::sqrt)
}

/// The mean absolute error over that of repeating the last value: below 1 the forecasts are worth something.
///
/// `None` if the naive forecast was always right.
pub fn relative_absolute_error(points: &[Point]) -> Option<f64> {
    let naive = mean(points.iter().map(|point| Some((point.last - point.actual).abs())))?;
    Some(mean_absolute_error(points)? / naive).filter(|ratio| ratio.is_finite())
}

/// The mean absolute error over the mean absolute step of `history`, the values the forecaster learnt from.
///
/// Comparable across series of any unit. `None` if the history never moves. Source: Hyndman and Koehler (2006), "Another
/// look at measures of forecast accuracy".
pub fn mean_absolute_scaled_error(points: &[Point], history: &[f64]) -> Option<f64> {
    let step = mean(history.windows(2).map(|pair| Some((pair[1] - pair[0]).abs())))?;
    Some(mean_absolute_error(points)? / step).filter(|ratio| ratio.is_finite())
}

/// How often the forecast was on the same side of the last value as the actual value; larger is better.
///
/// Only where the actual value moved: a forecast of no change is a miss there, and where nothing moved there was no
/// direction to hit.
pub fn directional_accuracy(points: &[Point]) -> Option<Proportion> {
    let moves = points.iter().map(|point| {
        let (said, came) = (point.forecast - point.last, point.actual - point.last);
        (said.is_finite() && came.is_finite()).then_some((said, came))
    });
    let moves: Vec<(f64, f64)> = moves.collect::<Option<_>>()?;
    let decided = moves.into_iter().filter(|(_, came)| came.abs() > 0.0);
    let proportion =
        Proportion::of(decided.map(|(said, came)| (said > 0.0) == (came > 0.0) && said.abs() > 0.0));
    (proportion.total > 0).then_some(proportion)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(last: f64, forecast: f64, actual: f64) -> Point {
        Point { last, forecast, actual }
    }

    fn points() -> [Point; 4] {
        [point(10.0, 11.0, 12.0), point(12.0, 13.0, 11.0), point(11.0, 11.0, 14.0), point(14.0, 13.0, 14.0)]
    }

    #[test]
    fn errors_by_hand() {
        let is_close = |error: Option<f64>, expected: f64| (error.unwrap() - expected).abs() < 1e-15;
        assert!(is_close(mean_absolute_error(&points()), 7.0 / 4.0));
        assert!(is_close(root_mean_squared_error(&points()), (15.0_f64 / 4.0).sqrt()));
        assert!(is_close(relative_absolute_error(&points()), 7.0 / 6.0));
        assert!(is_close(mean_absolute_scaled_error(&points(), &[1.0, 2.0, 5.0, 4.0, 9.0]), 1.75 / 2.5));
    }

    #[test]
    fn repeating_the_last_value_has_a_relative_error_of_one() {
        let naive = points().map(|point| Point { forecast: point.last, ..point });
        assert_eq!(relative_absolute_error(&naive), Some(1.0));
        assert_eq!(directional_accuracy(&naive), Some(Proportion { hits: 0, total: 3 }));
    }

    #[test]
    fn directions_count_where_something_moved() {
        assert_eq!(directional_accuracy(&points()), Some(Proportion { hits: 1, total: 3 }));
        assert_eq!(directional_accuracy(&[point(10.0, 11.0, 10.0)]), None);
        assert_eq!(directional_accuracy(&[point(10.0, 9.0, 8.0)]), Some(Proportion { hits: 1, total: 1 }));
    }

    #[test]
    fn what_cannot_be_compared_is_none() {
        let bad = [point(1.0, 2.0, 3.0), point(1.0, f64::NAN, 3.0)];
        assert_eq!((mean_absolute_error(&[]), mean_absolute_error(&bad)), (None, None));
        assert_eq!((directional_accuracy(&bad), root_mean_squared_error(&bad)), (None, None));
        assert_eq!(relative_absolute_error(&[point(5.0, 6.0, 5.0)]), None);
        assert_eq!(mean_absolute_scaled_error(&points(), &[3.0, 3.0]), None);
        assert_eq!(mean_absolute_scaled_error(&points(), &[3.0]), None);
    }
}
