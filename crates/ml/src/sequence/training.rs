//! Training: batch by batch down the slope of the pinball loss.

use super::{
    Error, Examples, Model, Parts, Settings,
    adam::Adam,
    model::AT_ONCE,
    network::{HEAD, Size},
    pinball,
    scaling::Scaling,
};
use crate::{
    autodiff::{Parameter, Tape, activation::softplus_inverse},
    matrix::Matrix,
    random::{Stream, splitmix_at},
};
use std::ops::ControlFlow;

/// How far training has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// How many times training went through the examples.
    pub number: usize,
    /// The mean pinball loss of the batches, each before its step, in the targets' units.
    pub training: f64,
    /// The same on the examples to validate on; `None` without them.
    pub validation: Option<f64>,
}

/// Trains a network, and with examples to validate on keeps what it was after the best epoch.
///
/// Before the first step it says the quantiles of all targets, whatever it reads; with validation it never ends worse than
/// that. Stops early after `patience` epochs that were no better, or when `progress`, which hears of every epoch, says so.
pub fn train(
    training: Examples<'_>,
    validation: Option<Examples<'_>>,
    settings: &Settings,
    mut progress: impl FnMut(&Epoch) -> ControlFlow<()>,
) -> Result<Model, Error> {
    settings.check()?;
    let shape = [training.inputs.days(), training.inputs.features()];
    validation.map_or(Ok(()), |examples| examples.inputs.check(shape))?;
    let mut run = Run::new(training, validation, settings);
    for number in 1..=settings.epochs {
        let epoch = run.epoch(number);
        if progress(&epoch).is_break() || run.epochs_since >= settings.patience {
            break;
        }
    }
    run.finish()
}

/// Everything that changes from step to step.
struct Run<'data> {
    settings: &'data Settings,
    training: Examples<'data>,
    /// With standardised targets.
    validation: Option<(Examples<'data>, Vec<f32>)>,
    parts: Parts,
    adam: Adam,
    /// How many have been written: what is left out differs between them.
    tapes: u64,
    best: Option<(f64, Vec<Parameter>)>,
    epochs_since: usize,
}

impl<'data> Run<'data> {
    fn new(
        training: Examples<'data>,
        validation: Option<Examples<'data>>,
        settings: &'data Settings,
    ) -> Self {
        let scaling = Scaling::of(&training);
        let shape = [training.inputs.days(), training.inputs.features()];
        let parts = Parts {
            network: settings.network,
            hidden: settings.hidden,
            levels: settings.levels.clone(),
            shape,
            parameters: untrained(&training, settings, &scaling),
            scaling,
        };
        let validation = validation.map(|examples| {
            let all: Vec<usize> = (0..examples.targets.len()).collect();
            (examples, parts.scaling.targets(examples.targets, &all))
        });
        let adam = Adam::new(&parts.parameters, settings);
        let mut run =
            Self { settings, training, validation, parts, adam, tapes: 0, best: None, epochs_since: 0 };
        run.judge();
        run.epochs_since = 0;
        run
    }

    /// Goes through all examples once, in an order of its own.
    fn epoch(&mut self, number: usize) -> Epoch {
        let count = self.training.targets.len();
        let order = Stream::new(splitmix_at(self.settings.seed, number as u64)).sample(count, count);
        let losses = order.chunks(self.settings.batch).map(|batch| self.step(batch) * batch.len() as f64);
        let training = losses.sum::<f64>() / count as f64 * f64::from(self.parts.scaling.target_scale);
        Epoch { number, training, validation: self.judge() }
    }

    /// One step, and the loss before it.
    fn step(&mut self, batch: &[usize]) -> f64 {
        let none = |one: &Parameter| Matrix::zeros(one.values.rows(), one.values.columns());
        let mut slope: Vec<Matrix> = self.parts.parameters.iter().map(none).collect();
        let parts = batch.chunks(AT_ONCE);
        let losses: f64 = parts.map(|part| self.descend(part, batch.len(), &mut slope)).sum();
        self.adam.step(&mut self.parts.parameters, &slope);
        losses / batch.len() as f64
    }

    /// Adds to the slope what part of a batch has in it, and says the part's loss, times its examples.
    fn descend(&mut self, part: &[usize], batch: usize, slope: &mut [Matrix]) -> f64 {
        let Parts { network, levels, scaling, parameters, .. } = &self.parts;
        self.tapes += 1;
        let mut tape = Tape::new(self.training.inputs.days(), parameters);
        tape.drop_out(self.settings.dropout, splitmix_at(!self.settings.seed, self.tapes));
        let days = scaling.days(&self.training.inputs, part);
        let output = network.forward(&mut tape, days, self.parts.size()).quantiles;
        let targets = scaling.targets(self.training.targets, part);
        let found = tape.value(output);
        let gradients = tape.gradients(output, pinball::gradient(found, &targets, levels, batch));
        for (sums, more) in slope.iter_mut().zip(gradients) {
            sums.values_mut().iter_mut().zip(more.values()).for_each(|(sum, more)| *sum += more);
        }
        pinball::loss(found, &targets, levels) * part.len() as f64
    }

    /// Measures the epoch on the examples to validate on, in the targets' units.
    fn judge(&mut self) -> Option<f64> {
        let (examples, targets) = self.validation.as_ref()?;
        let loss = self.parts.loss(&examples.inputs, targets);
        self.epochs_since += 1;
        if self.best.as_ref().is_none_or(|(best, _)| loss < *best) {
            self.best = Some((loss, self.parts.parameters.clone()));
            self.epochs_since = 0;
        }
        Some(loss * f64::from(self.parts.scaling.target_scale))
    }

    fn finish(mut self) -> Result<Model, Error> {
        if let Some((_, best)) = self.best {
            self.parts.parameters = best;
        }
        Model::new(self.parts).ok_or(Error::Diverged)
    }
}

/// The parameters before the first step: those that say the quantiles of the targets.
fn untrained(training: &Examples<'_>, settings: &Settings, scaling: &Scaling) -> Vec<Parameter> {
    let all: Vec<usize> = (0..training.targets.len()).collect();
    let mut targets = scaling.targets(training.targets, &all);
    targets.sort_unstable_by(f32::total_cmp);
    let quantiles: Vec<f32> = settings.levels.iter().map(|level| quantile(&targets, *level)).collect();
    let size = Size::new(settings.hidden, &settings.levels);
    let mut parameters = settings.network.parameters(training.inputs.features(), size, settings.seed);
    let bias = parameters.iter_mut().find(|parameter| parameter.name == format!("{HEAD}.bias"));
    let bias = bias.expect("every network has a head").values.values_mut();
    for (place, bias) in bias.iter_mut().enumerate() {
        // Equal quantiles cannot be said: softplus is never 0.
        let step = |low: usize| softplus_inverse((quantiles[low + 1] - quantiles[low]).max(1e-3));
        *bias = match place.cmp(&size.anchor) {
            std::cmp::Ordering::Less => step(place),
            std::cmp::Ordering::Equal => quantiles[place],
            std::cmp::Ordering::Greater => step(place - 1),
        };
    }
    parameters
}

/// The quantile of sorted numbers, between two of them by their distance.
fn quantile(sorted: &[f32], level: f64) -> f32 {
    let place = level * (sorted.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the numbers")]
    let (low, share) = (place as usize, place.fract() as f32);
    let high = sorted[(low + 1).min(sorted.len() - 1)];
    sorted[low] + share * (high - sorted[low])
}

#[cfg(test)]
mod tests {
    use super::{Matrix, Run, Settings};
    use crate::sequence::tests::{Data, NETWORKS, quick};

    #[test]
    fn parts_of_a_batch_add_up_to_its_slope() {
        let data = Data::planted(100, 1);
        let all: Vec<usize> = (0..100).collect();
        for network in NETWORKS {
            let settings = Settings { dropout: 0.0, ..quick(network) };
            let mut run = Run::new(data.examples(), None, &settings);
            run.step(&all);
            let mut slope = |parts: &[&[usize]]| {
                let form = |values: &Matrix| Matrix::zeros(values.rows(), values.columns());
                let mut slope: Vec<Matrix> =
                    run.parts.parameters.iter().map(|one| form(&one.values)).collect();
                let loss: f64 = parts.iter().map(|part| run.descend(part, 100, &mut slope)).sum();
                (loss, slope.into_iter().flat_map(|values| values.values().to_vec()).collect::<Vec<f32>>())
            };
            let (whole, parts) = (slope(&[&all]), slope(&[&all[..70], &all[70..]]));
            assert!((whole.0 / parts.0 - 1.0).abs() < 1e-9 && whole.1.iter().any(|slope| slope.abs() > 1e-2));
            for (whole, parts) in whole.1.iter().zip(&parts.1) {
                assert!((whole - parts).abs() < 1e-6, "{network:?}: {whole} is not {parts}");
            }
        }
    }
}
