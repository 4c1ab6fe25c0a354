//! What networks learn, and when they stop.

use super::{Data, NETWORKS, loss, quick, trained};
use crate::sequence::{Settings, train};
use std::ops::ControlFlow;

#[test]
fn before_the_first_step_a_network_says_the_quantiles_of_all_targets() {
    let data = Data::planted(101, 1);
    let mut sorted = data.targets.clone();
    sorted.sort_unstable_by(f32::total_cmp);
    for network in NETWORKS {
        let model = trained(&data, &Settings { epochs: 0, ..quick(network) }).unwrap();
        for row in model.predict(&data.inputs()).unwrap().iter() {
            for (found, expected) in row.iter().zip([sorted[5], sorted[50], sorted[95]]) {
                assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
            }
        }
    }
}

#[test]
fn what_decides_is_learned() {
    let (seen, unseen) = (Data::planted(2_000, 2), Data::planted(500, 3));
    for network in NETWORKS {
        let settings = Settings { epochs: 25, dropout: 0.0, learning_rate: 0.005, ..quick(network) };
        let model = trained(&seen, &settings).unwrap();
        let constant = trained(&seen, &Settings { epochs: 0, ..settings }).unwrap();
        let ratio = loss(&model, &unseen) / loss(&constant, &unseen);
        assert!(ratio < 0.4, "{network:?}: {ratio}");
        let quantiles = model.predict(&unseen.inputs()).unwrap();
        let below = |column: usize| {
            let pairs = quantiles.column(column).zip(&unseen.targets);
            pairs.filter(|(quantile, target)| *target <= quantile).count()
        };
        let [low, median, high] = [0, 1, 2].map(below);
        assert!(
            low < 75 && (200..300).contains(&median) && high > 425,
            "{network:?}: {low}, {median}, {high}"
        );
    }
}

#[test]
fn the_same_examples_and_seed_give_the_same_bits() {
    let data = Data::planted(100, 4);
    for network in NETWORKS {
        let settings = Settings { seed: 1, ..quick(network) };
        let model = trained(&data, &settings).unwrap();
        assert_eq!(model, trained(&data, &settings).unwrap());
        let other = trained(&data, &Settings { seed: 2, ..settings }).unwrap();
        assert_ne!(model.predict(&data.inputs()), other.predict(&data.inputs()));
    }
}

#[test]
fn training_keeps_the_best_epoch_and_stops_after_it() {
    let (seen, unseen) = (Data::planted(60, 5), Data::planted(60, 6));
    for network in NETWORKS {
        let settings = Settings { epochs: 500, patience: 5, ..quick(network) };
        let mut losses = Vec::new();
        let model = train(seen.examples(), Some(unseen.examples()), &settings, |epoch| {
            losses.push(epoch.validation.unwrap());
            assert_eq!(epoch.number, losses.len());
            ControlFlow::Continue(())
        });
        let best = losses.iter().copied().fold(f64::MAX, f64::min);
        let place = losses.iter().position(|loss| loss.to_bits() == best.to_bits()).unwrap();
        assert!(losses.len() < 500 && losses.len() == place + 1 + 5, "{place} of {losses:?}");
        let found = loss(&model.unwrap(), &unseen);
        assert!((found / best - 1.0).abs() < 1e-4, "{network:?}: {found} is not {best}");
    }
}

#[test]
fn training_never_ends_worse_than_it_began() {
    let (seen, unseen) = (Data::planted(40, 7), Data::planted(40, 8));
    for network in NETWORKS {
        let wild = Settings { learning_rate: 1.0, clip: 1e9, patience: 3, ..quick(network) };
        let model = train(seen.examples(), Some(unseen.examples()), &wild, |_| ControlFlow::Continue(()));
        let constant = trained(&seen, &Settings { epochs: 0, ..wild }).unwrap();
        assert!(loss(&model.unwrap(), &unseen) <= loss(&constant, &unseen) * (1.0 + 1e-6));
    }
}

#[test]
fn training_stops_when_told_to() {
    let data = Data::planted(50, 9);
    for network in NETWORKS {
        let mut epochs = 0;
        let told = train(data.examples(), None, &quick(network), |epoch| {
            epochs = epoch.number;
            assert!(epoch.training > 0.0 && epoch.validation.is_none());
            if epoch.number < 2 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        assert_eq!(
            (told.unwrap(), epochs),
            (trained(&data, &Settings { epochs: 2, ..quick(network) }).unwrap(), 2)
        );
    }
}
