//! What training and the model promise.

mod explanation;
mod input;
mod learning;

use super::{Error, Examples, Inputs, Model, Network, Settings, pinball, train};
use crate::random::Stream;
use std::ops::ControlFlow;

pub(super) const NETWORKS: [Network; 2] = [Network::Lstm, Network::Tft { heads: 2 }];

/// Days and features.
const SHAPE: [usize; 2] = [6, 3];

/// Sequences and targets.
pub(super) struct Data {
    values: Vec<f32>,
    targets: Vec<f32>,
}

impl Data {
    /// The last day's first feature decides the target, and the day before whether the second counts, but for noise.
    pub fn planted(count: usize, seed: u64) -> Self {
        let [days, features] = SHAPE;
        let mut stream = Stream::new(seed);
        let values: Vec<f32> = (0..count * days * features).map(|_| 100.0 + stream.within(50.0)).collect();
        let target = |sequence: &[f32]| {
            let at = |day: usize, feature: usize| (sequence[day * features + feature] - 100.0) / 50.0;
            let second = if at(days - 2, 0) > 0.0 { at(days - 1, 1) } else { 0.0 };
            0.01 * (2.0 * at(days - 1, 0) + second + stream.within(0.5)) + 0.001
        };
        let targets = values.chunks_exact(days * features).map(target).collect();
        Self { values, targets }
    }

    fn inputs(&self) -> Inputs<'_> {
        Inputs::new(&self.values, [self.targets.len(), SHAPE[0], SHAPE[1]]).unwrap()
    }

    pub fn examples(&self) -> Examples<'_> {
        Examples::new(self.inputs(), &self.targets).unwrap()
    }
}

/// Settings under which little is learned quickly.
pub(super) fn quick(network: Network) -> Settings {
    let narrow = Settings { hidden: 8, levels: vec![0.05, 0.5, 0.95], ..Settings::new(network) };
    Settings { epochs: 3, batch: 32, learning_rate: 0.01, ..narrow }
}

fn trained(data: &Data, settings: &Settings) -> Result<Model, Error> {
    train(data.examples(), None, settings, |_| ControlFlow::Continue(()))
}

fn loss(model: &Model, data: &Data) -> f64 {
    pinball::loss(&model.predict(&data.inputs()).unwrap(), &data.targets, model.levels())
}
