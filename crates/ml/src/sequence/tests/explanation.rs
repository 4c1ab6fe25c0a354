//! What networks say they looked at.

use super::{Data, Network, quick, trained};
use crate::sequence::Settings;

#[test]
fn what_decides_is_what_was_looked_at() {
    let data = Data::planted(1_000, 1);
    let settings = Settings { epochs: 20, dropout: 0.0, ..quick(Network::Tft { heads: 2 }) };
    let explanations = trained(&data, &settings).unwrap().explain(&data.inputs()).unwrap().unwrap();
    assert_eq!(explanations.len(), 1_000);
    let mut means = [0.0; 3];
    for explanation in &explanations {
        let sums = [&explanation.features, &explanation.days].map(|shares| shares.iter().sum::<f32>());
        assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-5) && explanation.days.len() == 6);
        assert!(explanation.features.iter().chain(&explanation.days).all(|share| *share >= 0.0));
        means.iter_mut().zip(&explanation.features).for_each(|(mean, share)| *mean += share / 1_000.0);
    }
    // The third feature decides nothing.
    assert!(means[0] > means[2] && means[1] > means[2], "{means:?}");
}

#[test]
fn an_explanation_does_not_depend_on_other_sequences() {
    let data = Data::planted(300, 2);
    let model = trained(&data, &Settings { epochs: 1, ..quick(Network::Tft { heads: 4 }) }).unwrap();
    let all = model.explain(&data.inputs()).unwrap().unwrap();
    let one = Data { values: data.values[18 * 280..18 * 281].to_vec(), targets: vec![0.0] };
    assert_eq!(model.explain(&one.inputs()).unwrap().unwrap(), all[280..281]);
}

#[test]
fn a_network_that_looks_at_everything_alike_says_nothing() {
    let data = Data::planted(5, 3);
    let model = trained(&data, &quick(Network::Lstm)).unwrap();
    assert_eq!(model.explain(&data.inputs()).unwrap(), None);
}
