//! Processor seconds of an epoch of the LSTM, beside PyTorch's on the same sequences, both on one thread: the aim is at
//! most twice as many. And those of the Temporal Fusion Transformer, for comparison with earlier versions of itself.
//!
//! For the comparison needs a Python with torch and numpy, named by `PYTHON` or called `python3`.

#![expect(clippy::unwrap_used, reason = "in a bench a failure is a panic")]

use ml::{
    random::Stream,
    sequence::{Examples, Inputs, Model, Network, Settings, train},
};
use std::{fs, ops::ControlFlow, path::Path, process::Command};

/// Sequences, days, features.
const SHAPE: [usize; 3] = [10_000, 30, 23];
const EPOCHS: usize = 5;

fn main() {
    let (values, targets) = sequences();
    let settings = Settings { epochs: EPOCHS, dropout: 0.0, ..Settings::new(Network::Lstm) };
    let ours = measure(&values, &targets, &settings);
    println!("LSTM: {:.3} s an epoch, loss {:.5} after {EPOCHS}", ours[0], ours[1]);
    if let Some(theirs) = python(&values, &targets, &settings) {
        let [seconds, loss] = [ours[0] / theirs[0], ours[1] / theirs[1]];
        println!("  PyTorch: {:.3} s, loss {:.5}; ratios {seconds:.2} and {loss:.3}", theirs[0], theirs[1]);
    }
    let attentive = Settings { epochs: 2, ..Settings::new(Network::Tft { heads: 4 }) };
    let [seconds, loss] = measure(&values, &targets, &attentive);
    println!("TFT: {seconds:.3} s an epoch, loss {loss:.5} after 2");
}

/// Sequences of which some days of some features, and whether they agree, decide the target but for noise.
fn sequences() -> (Vec<f32>, Vec<f32>) {
    let [count, days, features] = SHAPE;
    let mut stream = Stream::new(1);
    let values: Vec<f32> = (0..count * days * features).map(|_| stream.within(1.7)).collect();
    let target = |sequence: &[f32]| {
        let at = |day: usize, feature: usize| sequence[day * features + feature];
        at(days - 1, 0) + at(days - 2, 1) * at(days - 2, 2) + stream.within(0.5)
    };
    let targets = values.chunks_exact(days * features).map(target).collect();
    (values, targets)
}

/// Processor seconds of an epoch, without the first, and the loss after the last.
fn measure(values: &[f32], targets: &[f32], settings: &Settings) -> [f64; 2] {
    let inputs = Inputs::new(values, SHAPE).unwrap();
    let mut times = Vec::new();
    let model = train(Examples::new(inputs, targets).unwrap(), None, settings, |_| {
        times.push(processor_seconds());
        ControlFlow::Continue(())
    });
    let seconds = (times[settings.epochs - 1] - times[0]) / (settings.epochs - 1) as f64;
    [seconds, loss(&model.unwrap(), inputs, targets)]
}

/// The mean pinball loss.
fn loss(model: &Model, inputs: Inputs<'_>, targets: &[f32]) -> f64 {
    let quantiles = model.predict(&inputs).unwrap();
    let mut sum = 0.0;
    for (row, target) in quantiles.iter().zip(targets) {
        for (quantile, level) in row.iter().zip(model.levels()) {
            let error = f64::from(*target) - f64::from(*quantile);
            sum += (level * error).max((level - 1.0) * error);
        }
    }
    sum / quantiles.values().len() as f64
}

/// What this process has taken of the processor, as Linux counts it; on a busy machine the clock would say something else.
fn processor_seconds() -> f64 {
    let text = fs::read_to_string("/proc/self/schedstat").unwrap();
    text.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// The same of PyTorch; `None` where Python or what it needs is not there.
fn python(values: &[f32], targets: &[f32], settings: &Settings) -> Option<[f64; 2]> {
    let folder = tempfile::TempDir::new().unwrap();
    write(&folder.path().join("inputs"), values);
    write(&folder.path().join("targets"), targets);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/lstm.py");
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let numbers = SHAPE.into_iter().chain([settings.hidden, settings.batch, settings.epochs]);
    let numbers = numbers.map(|number| number.to_string());
    let output = Command::new(python).arg(script).arg(folder.path()).args(numbers).output().ok()?;
    if !output.status.success() {
        println!("  no comparison: {}", String::from_utf8_lossy(&output.stderr).trim());
        return None;
    }
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<f64> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    numbers.try_into().ok()
}

fn write(file: &Path, values: &[f32]) {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    fs::write(file, bytes).unwrap();
}
