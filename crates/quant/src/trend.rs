//! Straight lines through points.

use crate::statistics::{self, is_constant};

/// The line `y = intercept + slope · x`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// In units of y per unit of x.
    pub slope: f64,
    pub intercept: f64,
    /// The share of y's variance that the line explains, 0 to 1; `None` if y is constant and there is none to explain.
    pub r_squared: Option<f64>,
}

impl Line {
    /// The line's height at `x`.
    pub fn at(&self, x: f64) -> f64 {
        self.slope.mul_add(x, self.intercept)
    }
}

/// Ordinary least squares of y over x; `None` with fewer than two distinct x or beyond the range of floats.
///
/// Points with a coordinate that is not finite are ignored. With deviations `dx = x - mean(x)` and `dy` alike:
/// `slope = Σ dx·dy / Σ dx²`, `intercept = mean(y) - slope · mean(x)`, `r² = (Σ dx·dy)² / (Σ dx² · Σ dy²)`.
pub fn least_squares(points: &[(f64, f64)]) -> Option<Line> {
    let (x, y): (Vec<f64>, Vec<f64>) =
        points.iter().filter(|(x, y)| x.is_finite() && y.is_finite()).copied().unzip();
    if is_constant(&x) {
        return None;
    }
    let (mean_x, mean_y) = (statistics::mean(&x)?, statistics::mean(&y)?);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(&y) {
        let (dx, dy) = (x - mean_x, y - mean_y);
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    let slope = xy / xx;
    let r_squared = (!is_constant(&y)).then(|| (slope * (xy / yy)).clamp(0.0, 1.0));
    let line = Line { slope, intercept: mean_y - slope * mean_x, r_squared };
    let is_finite =
        line.slope.is_finite() && line.intercept.is_finite() && r_squared.is_none_or(f64::is_finite);
    is_finite.then_some(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(points: &[(f64, f64)], slope: f64, intercept: f64, r_squared: f64) {
        let line = least_squares(points).expect("a line");
        assert!((line.slope - slope).abs() < 1e-13, "slope {}", line.slope);
        assert!((line.intercept - intercept).abs() < 1e-12, "intercept {}", line.intercept);
        assert!((line.r_squared.expect("y varies") - r_squared).abs() < 1e-13, "r² {:?}", line.r_squared);
    }

    #[test]
    fn anscombes_quartet() {
        // Anscombe (1973), "Graphs in statistical analysis"; digits by scipy 1.17.1 linregress.
        let [one, two, three, four] = crate::correlation::anscombe();
        check(&one, 0.500_090_909_090_909_1, 3.000_090_909_090_910_3, 0.666_542_459_508_775);
        check(&two, 0.500_000_000_000_000_1, 3.000_909_090_909_089, 0.666_242_033_727_484_7);
        check(&three, 0.499_727_272_727_272_9, 3.002_454_545_454_544, 0.666_324_041_066_559_5);
        check(&four, 0.499_909_090_909_090_9, 3.001_727_272_727_272_6, 0.666_707_256_898_465_2);
    }

    #[test]
    fn two_points_fix_a_line() {
        check(&[(1.0, 5.0), (3.0, 9.0)], 2.0, 3.0, 1.0);
        assert_eq!(least_squares(&[(1.0, 5.0), (3.0, 9.0)]).map(|line| line.at(10.0)), Some(23.0));
    }

    #[test]
    fn one_distinct_x_has_no_line() {
        for points in
            [&[][..], &[(1.0, 2.0)], &[(0.1, 2.0), (0.1, 3.0), (0.1, 4.0)], &[(f64::NAN, 1.0), (1.0, 2.0)]]
        {
            assert_eq!(least_squares(points), None);
        }
    }

    #[test]
    fn a_constant_y_is_flat_and_explains_nothing() {
        let line = least_squares(&[(1.0, 0.1), (2.0, 0.1), (3.0, 0.1)]).expect("distinct x");
        assert!(line.slope.abs() < 1e-16);
        assert_eq!(line.r_squared, None);
    }

    #[test]
    fn points_that_are_not_finite_are_ignored() {
        let points = [(1.0, 5.0), (2.0, f64::NAN), (f64::INFINITY, 0.0), (3.0, 9.0)];
        check(&points, 2.0, 3.0, 1.0);
    }

    #[test]
    fn a_line_beyond_the_floats_is_none() {
        assert_eq!(least_squares(&[(0.0, 0.0), (1e-200, 1.0)]), None);
        assert_eq!(least_squares(&[(-f64::MAX, 0.0), (f64::MAX, 1.0)]), None);
    }

    proptest! {
        #[test]
        fn points_on_a_line_give_it_back(
            x in prop::collection::btree_set(-1000..1000_i32, 2..40),
            (slope, intercept) in (-100.0..100.0_f64, -100.0..100.0_f64),
        ) {
            let x = x.into_iter().map(f64::from);
            let points: Vec<(f64, f64)> = x.map(|x| (x, slope * x + intercept)).collect();
            let line = least_squares(&points).expect("distinct x");
            prop_assert!((line.slope - slope).abs() < 1e-9);
            prop_assert!((line.intercept - intercept).abs() < 1e-6);
        }

        #[test]
        fn r_squared_is_the_square_of_the_correlation(
            points in prop::collection::vec((-1e3..1e3_f64, -1e3..1e3_f64), 3..40),
        ) {
            let line = least_squares(&points).expect("distinct x");
            let estimate = crate::correlation::pearson(&points).estimate.expect("both vary");
            prop_assert!((line.r_squared.expect("y varies") - estimate.r * estimate.r).abs() < 1e-9);
        }
    }
}
