//! What can be learned from and predicted of, and what cannot.

use super::{Data, Error, Examples, Inputs, NETWORKS, SHAPE, quick, train, trained};
use crate::sequence::{Model, Network, Settings};
use proptest::prelude::*;
use std::{ops::ControlFlow, sync::LazyLock};

#[test]
fn what_is_no_sequence_is_named() {
    let refused = |values: &[f32], shape| Inputs::new(values, shape).unwrap_err();
    assert_eq!(refused(&[], [0, 2, 2]), Error::Empty);
    assert_eq!(refused(&[1.0; 3], [1, 2, 2]), Error::Shape);
    assert_eq!(refused(&[], [1, 0, 2]), Error::Shape);
    assert_eq!(refused(&[1.0], [usize::MAX, 2, 2]), Error::Shape);
    for odd in [f32::NAN, f32::INFINITY] {
        assert_eq!(refused(&[1.0, 1.0, 1.0, odd], [2, 2, 1]), Error::Input(1));
    }
}

#[test]
fn what_is_no_example_is_named() {
    let inputs = Inputs::new(&[1.0; 4], [2, 2, 1]).unwrap();
    let refused = |targets: &[f32]| Examples::new(inputs, targets).unwrap_err();
    assert_eq!(refused(&[1.0]), Error::Lengths { sequences: 2, targets: 1 });
    assert_eq!(refused(&[1.0, f32::NAN]), Error::Target(1));
    assert_eq!(refused(&[f32::NEG_INFINITY, 1.0]), Error::Target(0));
    assert_eq!(refused(&[1.0, 1e31]), Error::Target(1));
}

type Change = fn(&mut Settings);

#[test]
fn settings_out_of_range_are_named() {
    let data = Data::planted(4, 1);
    for network in NETWORKS {
        let settings = quick(network);
        let changes: [(&str, Change); 9] = [
            ("levels", |settings| settings.levels.clear()),
            ("levels", |settings| settings.levels = vec![0.5, 0.5]),
            ("levels", |settings| settings.levels = vec![0.5, 1.0]),
            ("hidden", |settings| settings.hidden = 1 << 13),
            ("batch", |settings| settings.batch = 0),
            ("learning_rate", |settings| settings.learning_rate = f64::NAN),
            ("dropout", |settings| settings.dropout = 1.0),
            ("clip", |settings| settings.clip = 0.0),
            ("patience", |settings| settings.patience = 0),
        ];
        for (name, change) in changes {
            let mut settings = settings.clone();
            change(&mut settings);
            assert_eq!(trained(&data, &settings).unwrap_err(), Error::Setting(name));
        }
        let hollow = trained(&data, &Settings { hidden: 0, ..settings });
        assert_eq!(hollow.unwrap_err(), Error::Setting("network"));
    }
}

#[test]
fn other_shapes_are_refused() {
    let data = Data::planted(4, 2);
    let values = [1.0; 12];
    let other = Inputs::new(&values, [2, 2, 3]).unwrap();
    let mismatch = Error::Mismatch { expected: SHAPE, found: [2, 3] };
    for network in NETWORKS {
        let model = trained(&data, &quick(network)).unwrap();
        assert_eq!(model.predict(&other).unwrap_err(), mismatch);
        let validation = Examples::new(other, &[1.0, 2.0]).unwrap();
        let refused =
            train(data.examples(), Some(validation), &quick(network), |_| ControlFlow::Continue(()));
        assert_eq!(refused.unwrap_err(), mismatch);
    }
}

#[test]
fn one_row_and_constant_columns_can_be_learned_from() {
    let one = Data::planted(1, 3);
    let mut constant = Data::planted(20, 4);
    constant.values.iter_mut().step_by(3).for_each(|value| *value = 7.1);
    constant.targets.fill(0.3);
    for (data, network) in
        [&one, &constant].into_iter().flat_map(|data| NETWORKS.map(|network| (data, network)))
    {
        let model = trained(data, &quick(network)).unwrap();
        let rows = model.predict(&data.inputs()).unwrap();
        assert!(rows.column(1).all(|median| (median - data.targets[0]).abs() < 0.1), "{network:?}: {rows:?}");
    }
}

#[test]
fn one_level_and_levels_on_one_side_are_learned() {
    let data = Data::planted(50, 5);
    for (network, levels) in
        NETWORKS.into_iter().flat_map(|it| [vec![0.5], vec![0.9, 0.95]].map(|levels| (it, levels)))
    {
        let count = levels.len();
        let model = trained(&data, &Settings { levels, ..quick(network) }).unwrap();
        assert_eq!(model.predict(&data.inputs()).unwrap().columns(), count);
    }
}

#[test]
fn parts_that_do_not_fit_make_no_model() {
    let data = Data::planted(10, 6);
    for network in NETWORKS {
        let parts = trained(&data, &quick(network)).unwrap().parts().clone();
        assert!(Model::new(parts.clone()).is_some());
        for number in 0..6 {
            let mut parts = parts.clone();
            match number {
                0 => parts.shape[1] = 4,
                1 => parts.hidden = 9,
                2 => parts.levels.reverse(),
                3 => parts.scaling.factors[0] = 0.0,
                4 => parts.parameters.swap(0, 1),
                _ => parts.parameters[0].values.values_mut()[0] = f32::NAN,
            }
            assert!(Model::new(parts).is_none(), "{network:?}: {number}");
        }
    }
}

static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| {
    let data = Data::planted(100, 7);
    NETWORKS
        .map(|network| trained(&data, &Settings { levels: levels(network), ..quick(network) }).unwrap())
        .to_vec()
});

fn levels(network: Network) -> Vec<f64> {
    Settings::new(network).levels
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn quantiles_never_cross_and_rows_do_not_depend_on_others(
        values in prop::collection::vec(
            prop_oneof![50.0..150.0_f32, any::<f32>().prop_filter("finite", |value| value.is_finite())],
            18 * 5,
        ),
    ) {
        let all = Inputs::new(&values, [5, 6, 3]).unwrap();
        for model in MODELS.iter() {
            let rows = model.predict(&all).unwrap();
            for (sequence, row) in values.chunks_exact(18).zip(rows.iter()) {
                prop_assert!(row.is_sorted() && row.iter().all(|value| value.is_finite()), "{:?}", row);
                let alone = model.predict(&Inputs::new(sequence, [1, 6, 3]).unwrap()).unwrap();
                prop_assert_eq!(alone.values(), row);
            }
        }
    }
}
