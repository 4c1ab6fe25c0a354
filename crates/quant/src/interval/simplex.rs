//! The lowest point of a function without its derivatives.

const MOST_STEPS: usize = 5000;

/// A point and the function's value there.
type Vertex<const N: usize> = ([f64; N], f64);

/// A local minimum near `start`, searched with first steps of `size`.
///
/// Stops where the corners' values agree to twelve digits. A value of NaN counts as infinite. Source: Nelder and Mead
/// (1965), "A simplex method for function minimization".
pub(super) fn minimise<const N: usize>(
    start: [f64; N],
    size: f64,
    function: impl Fn(&[f64; N]) -> f64,
) -> [f64; N] {
    let at = |point: [f64; N]| {
        let value = function(&point);
        (point, if value.is_nan() { f64::INFINITY } else { value })
    };
    let mut corners: Vec<Vertex<N>> = vec![at(start)];
    corners.extend((0..N).map(|axis| {
        let mut corner = start;
        corner[axis] += size;
        at(corner)
    }));
    for _ in 0..MOST_STEPS {
        corners.sort_by(|one, other| one.1.total_cmp(&other.1));
        let (best, worst) = (corners[0].1, corners[N].1);
        if worst - best <= 1e-12 * (1.0 + best.abs()) {
            break;
        }
        step(&mut corners, &at);
    }
    corners[0].0
}

/// Replaces the worst of the sorted corners, or draws all to the best.
fn step<const N: usize>(corners: &mut [Vertex<N>], at: &impl Fn([f64; N]) -> Vertex<N>) {
    let worst = corners[N];
    let centre: [f64; N] =
        std::array::from_fn(|axis| corners[..N].iter().map(|corner| corner.0[axis]).sum::<f64>() / N as f64);
    let away = |by: f64| at(std::array::from_fn(|axis| centre[axis] + by * (centre[axis] - worst.0[axis])));
    let reflected = away(1.0);
    let replacement = if reflected.1 < corners[0].1 {
        let expanded = away(2.0);
        if expanded.1 < reflected.1 { expanded } else { reflected }
    } else if reflected.1 < corners[N - 1].1 {
        reflected
    } else {
        away(if reflected.1 < worst.1 { 0.5 } else { -0.5 })
    };
    if replacement.1 < worst.1 {
        corners[N] = replacement;
        return;
    }
    let best = corners[0].0;
    for corner in &mut corners[1..] {
        *corner = at(std::array::from_fn(|axis| f64::midpoint(best[axis], corner.0[axis])));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_valley_of_rosenbrock() {
        let valley = |[x, y]: &[f64; 2]| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2);
        let [x, y] = minimise([-1.2, 1.0], 0.5, valley);
        assert!((x - 1.0).abs() < 1e-5 && (y - 1.0).abs() < 1e-5, "{x} {y}");
    }

    #[test]
    fn what_is_not_a_number_is_avoided() {
        let [x] = minimise([4.0], 1.0, |[x]: &[f64; 1]| if *x < 0.0 { f64::NAN } else { x.sqrt() - x.ln() });
        assert!((x - 4.0).abs() < 1e-4, "{x}");
    }
}
