//! Seconds and losses of trees grown from 100 000 rows, beside LightGBM's Python package on the same rows.
//!
//! For the comparison needs a Python with lightgbm and numpy, named by `PYTHON` or called `python3`.

#![expect(clippy::unwrap_used, reason = "in a bench a failure is a panic")]

use ml::{
    matrix::Matrix,
    random::splitmix_at,
    tree::{Examples, Forest, Objective, Settings, train},
};
use std::{fs, ops::ControlFlow, path::Path, process::Command, time::Instant};

const COLUMNS: usize = 23;
const ROWS: usize = 100_000;
/// As many again, in part, to measure on.
const UNSEEN: usize = 20_000;

fn main() {
    let folder = tempfile::TempDir::new().unwrap();
    let rows = Rows::generate();
    rows.write(folder.path());
    for (name, objective) in [
        ("mean", Objective::Mean),
        ("probability", Objective::Probability),
        ("quantile", Objective::Quantile(0.9)),
    ] {
        let (seconds, forest) = rows.train(objective);
        let loss = rows.loss(objective, &forest);
        println!("{name}: {seconds:.3} s, loss {loss:.5}");
        if let Some([their_seconds, their_loss]) = python(folder.path(), name) {
            let (time, loss) = (seconds / their_seconds, loss / their_loss);
            println!(
                "  LightGBM: {their_seconds:.3} s, loss {their_loss:.5}; ratios {time:.2} and {loss:.4}"
            );
        }
    }
    let (_, forest) = rows.train(Objective::Mean);
    let started = Instant::now();
    let sum: f64 = rows.unseen.iter().map(|row| forest.predict(row)).sum();
    println!("{UNSEEN} predictions: {:.3} s (sum {sum:.1})", started.elapsed().as_secs_f64());
    let started = Instant::now();
    let explained: f64 = rows.unseen.iter().take(215).map(|row| forest.explain(row).contributions[0]).sum();
    println!("215 explanations: {:.3} s (sum {explained:.1})", started.elapsed().as_secs_f64());
}

struct Rows {
    seen: Matrix,
    unseen: Matrix,
    /// Of seen and unseen rows.
    targets: Vec<f32>,
}

impl Rows {
    /// A step, a product, a wave and noise; a twentieth of the third column is missing. No part of it is balanced such
    /// that only chance decides which column comes first: two trainers would differ by their luck.
    fn generate() -> Self {
        let at = |place: usize| (splitmix_at(7, place as u64) >> 40) as f32 / 16_777_216.0;
        let mut values: Vec<f32> =
            (0..(ROWS + UNSEEN) * COLUMNS).map(|place| 2.0 * at(place) - 1.0).collect();
        let targets = (0..ROWS + UNSEEN).map(|row| {
            let noise: f32 = (0..4).map(|part| at(usize::MAX / 2 + 4 * row + part) - 0.5).sum();
            let known = &mut values[row * COLUMNS..][..COLUMNS];
            let step = f32::from(u8::from(known[0] > 0.2));
            let missing = known[2].abs() > 0.95;
            let target = step
                + (1.0 + known[1]) * (1.0 + known[3])
                + (4.0 * known[4]).sin()
                + noise
                + if missing { 1.0 } else { known[2] };
            if missing {
                known[2] = f32::NAN;
            }
            target
        });
        let targets = targets.collect();
        let unseen = values.split_off(ROWS * COLUMNS);
        Self {
            seen: Matrix::new(COLUMNS, values).unwrap(),
            unseen: Matrix::new(COLUMNS, unseen).unwrap(),
            targets,
        }
    }

    fn write(&self, folder: &Path) {
        let values = [self.seen.values(), self.unseen.values()].concat();
        let bytes =
            |values: &[f32]| -> Vec<u8> { values.iter().flat_map(|value| value.to_le_bytes()).collect() };
        fs::write(folder.join("rows"), bytes(&values)).unwrap();
        fs::write(folder.join("targets"), bytes(&self.targets)).unwrap();
    }

    fn targets(&self, objective: Objective) -> Vec<f32> {
        let target = |target: &f32| match objective {
            Objective::Probability => f32::from(u8::from(*target > 1.5)),
            _ => *target,
        };
        self.targets.iter().map(target).collect()
    }

    fn train(&self, objective: Objective) -> (f64, Forest) {
        let targets = self.targets(objective);
        let started = Instant::now();
        let examples = Examples::new(&self.seen, &targets[..ROWS]).unwrap();
        let forest = train(examples, None, &Settings::new(objective), |_| ControlFlow::Continue(())).unwrap();
        (started.elapsed().as_secs_f64(), forest)
    }

    /// The same losses as those of the script.
    fn loss(&self, objective: Objective, forest: &Forest) -> f64 {
        let targets = self.targets(objective);
        let one = |(row, target): (&[f32], &f32)| {
            let (found, target) = (forest.predict(row), f64::from(*target));
            match objective {
                Objective::Mean => (found - target).powi(2),
                Objective::Probability => -(target * found + (1.0 - target) * (1.0 - found)).ln(),
                Objective::Quantile(level) => {
                    (level * (target - found)).max((level - 1.0) * (target - found))
                }
            }
        };
        let mean = self.unseen.iter().zip(&targets[ROWS..]).map(one).sum::<f64>() / UNSEEN as f64;
        if objective == Objective::Mean { mean.sqrt() } else { mean }
    }
}

/// Seconds and loss; `None` where Python or what it needs is not there.
fn python(folder: &Path, objective: &str) -> Option<[f64; 2]> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/tree.py");
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(python).arg(script).arg(folder).arg(objective).output().ok()?;
    if !output.status.success() {
        println!("  no comparison: {}", String::from_utf8_lossy(&output.stderr).trim());
        return None;
    }
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<f64> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    numbers.try_into().ok()
}
