//! Limited-memory BFGS: the least of a smooth function of many variables.
//!
//! Source: Nocedal & Wright (2006), "Numerical Optimization", algorithms 7.4 and 7.5.

use std::collections::VecDeque;

/// Pairs of steps that stand in for the curvature.
const MEMORY: usize = 10;
/// How much of the promised decrease a step must bring (Armijo).
const ENOUGH: f64 = 1e-4;
/// How much of the slope may be left behind a step.
const FLAT: f64 = 0.9;
const MOST_TRIES: usize = 40;

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub iterations: usize,
    /// A relative decrease below this ends the search.
    pub tolerance: f64,
}

/// Improves `point` until `function`, which fills in the gradient and returns the value, no longer falls.
pub(crate) fn minimise(
    point: &mut [f64],
    patience: Patience,
    mut function: impl FnMut(&[f64], &mut [f64]) -> f64,
) {
    let mut gradient = vec![0.0; point.len()];
    let mut value = function(point, &mut gradient);
    let mut memory: VecDeque<Pair> = VecDeque::with_capacity(MEMORY);
    for _ in 0..patience.iterations {
        let mut direction = descend(&gradient, &memory);
        let mut slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            // The memory misleads: start over with the steepest descent.
            memory.clear();
            direction = gradient.iter().map(|value| -value).collect();
            slope = dot(&direction, &gradient);
        }
        let Some(next) = search(point, &direction, (value, slope), &mut function) else {
            if memory.is_empty() {
                return;
            }
            memory.clear();
            continue;
        };
        let decrease = value - next.value;
        memory.extend(Pair::between((point, &gradient), (&next.point, &next.gradient)));
        if memory.len() > MEMORY {
            memory.pop_front();
        }
        point.copy_from_slice(&next.point);
        (gradient, value) = (next.gradient, next.value);
        if decrease <= patience.tolerance * value.abs().max(1e-12) {
            return;
        }
    }
}

struct Step {
    point: Vec<f64>,
    gradient: Vec<f64>,
    value: f64,
}

/// A step along `direction` that brings enough and leaves the slope flat enough (weak Wolfe conditions), by bisection.
///
/// Source: Lewis & Overton (2013), "Nonsmooth optimization via quasi-Newton methods", algorithm 2.6.
fn search(
    point: &[f64],
    direction: &[f64],
    (value, slope): (f64, f64),
    function: &mut impl FnMut(&[f64], &mut [f64]) -> f64,
) -> Option<Step> {
    let (mut short, mut long, mut length) = (0.0, f64::INFINITY, 1.0);
    let mut best = None;
    for _ in 0..MOST_TRIES {
        let next: Vec<f64> = point.iter().zip(direction).map(|(at, step)| at + length * step).collect();
        let mut gradient = vec![0.0; point.len()];
        let found = function(&next, &mut gradient);
        if !found.is_finite() || found > value + ENOUGH * length * slope {
            long = length;
        } else {
            let is_flat = dot(&gradient, direction) >= FLAT * slope;
            best = Some(Step { point: next, gradient, value: found });
            if is_flat {
                break;
            }
            short = length;
        }
        length = if long.is_finite() { f64::midpoint(short, long) } else { 2.0 * short };
    }
    best
}

/// A step that was taken, and how it changed the gradient.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    curvature: f64,
}

impl Pair {
    fn between(old: (&[f64], &[f64]), new: (&[f64], &[f64])) -> Option<Self> {
        let difference = |new: &[f64], old: &[f64]| new.iter().zip(old).map(|(new, old)| new - old).collect();
        let (step, change): (Vec<f64>, Vec<f64>) = (difference(new.0, old.0), difference(new.1, old.1));
        let curvature = dot(&step, &change);
        (curvature > 1e-12).then_some(Self { step, change, curvature })
    }
}

/// The two-loop recursion: minus the gradient, bent by what is remembered of the curvature.
fn descend(gradient: &[f64], memory: &VecDeque<Pair>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|value| -value).collect();
    let mut shares = Vec::with_capacity(memory.len());
    for pair in memory.iter().rev() {
        let share = dot(&pair.step, &direction) / pair.curvature;
        add(&mut direction, -share, &pair.change);
        shares.push(share);
    }
    if let Some(last) = memory.back() {
        let scale = last.curvature / dot(&last.change, &last.change);
        for value in &mut direction {
            *value *= scale;
        }
    }
    for (pair, share) in memory.iter().zip(shares.into_iter().rev()) {
        let back = dot(&pair.change, &direction) / pair.curvature;
        add(&mut direction, share - back, &pair.step);
    }
    direction
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += factor * what);
}

#[cfg(test)]
mod tests {
    use super::{Patience, minimise};

    const PATIENCE: Patience = Patience { iterations: 200, tolerance: 1e-15 };

    #[test]
    fn finds_the_valley_of_rosenbrock() {
        let mut point = [-1.2, 1.0];
        minimise(&mut point, PATIENCE, |at, gradient| {
            let (x, y) = (at[0], at[1]);
            gradient[0] = -400.0 * x * (y - x * x) - 2.0 * (1.0 - x);
            gradient[1] = 200.0 * (y - x * x);
            100.0 * (y - x * x).powi(2) + (1.0 - x).powi(2)
        });
        assert!((point[0] - 1.0).abs() < 1e-5 && (point[1] - 1.0).abs() < 1e-5, "{point:?}");
    }

    #[test]
    fn stays_where_there_is_nothing_to_gain() {
        let mut point = [3.0];
        minimise(&mut point, PATIENCE, |_, gradient| {
            gradient[0] = 0.0;
            7.0
        });
        assert!((point[0] - 3.0).abs() < 1e-12);
    }
}
