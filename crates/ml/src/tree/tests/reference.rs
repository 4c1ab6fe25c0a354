//! LightGBM 4.7.0's numbers for the same rows and settings.

use super::{Forest, Objective, Settings, grow};
use crate::{matrix::Matrix, random::splitmix_at};

/// Whole numbers from 1 to 30, whose bins every implementation cuts in the same places.
fn rows() -> (Matrix, Vec<f32>) {
    let at = |place| 1.0 + (splitmix_at(3, place) % 30) as f32;
    let mut values: Vec<f32> = (0..720).map(at).collect();
    let targets = values.chunks_exact(3).map(|row| row[0] * row[1] / 10.0 + row[2]).collect();
    values.iter_mut().skip(2).step_by(21).for_each(|value| *value = f32::NAN);
    (Matrix::new(3, values).unwrap(), targets)
}

fn settings(objective: Objective) -> Settings {
    let small = Settings { rounds: 4, leaves: 5, samples: 10, ..Settings::new(objective) };
    Settings { learning_rate: 0.3, penalty: 1.0, ..small }
}

#[track_caller]
fn check(found: impl IntoIterator<Item = f64>, expected: &[f64]) {
    let found: Vec<f64> = found.into_iter().collect();
    let is_near = |(found, expected): (&f64, &f64)| (found - expected).abs() < 2e-6 * expected.abs().max(1.0);
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().zip(expected).all(is_near), "{found:?} is not {expected:?}");
}

fn explained(forest: &Forest, row: &[f32]) -> Vec<f64> {
    let explanation = forest.explain(row);
    [explanation.contributions, vec![explanation.base]].concat()
}

#[test]
fn means_are_lightgbm_s() {
    let (matrix, targets) = rows();
    let forest = grow(&matrix, &targets, &settings(Objective::Mean));
    check(
        matrix.iter().take(8).map(|row| forest.predict(row)),
        &[
            31.688_713_938_343_85,
            22.191_457_182_948_906,
            32.786_892_044_700_586,
            22.191_457_182_948_906,
            53.210_813_884_505_555,
            58.248_726_746_117,
            26.190_749_095_911_293,
            29.320_580_559_534_513,
        ],
    );
    let importance = forest.importance().iter().map(|share| f64::from(*share));
    check(importance, &[0.474_264_329, 0.449_608_320, 0.076_127_351]);
    check(
        explained(&forest, matrix.row(0)),
        &[6.762_870_955_076_457, -14.775_553_595_076_966, 0.619_786_455_977_070_7, 39.081_610_122_367_28],
    );
    check(
        explained(&forest, matrix.row(1)),
        &[-11.405_603_559_149_556, -0.456_833_327_224_771_8, -5.027_716_053_044_053, 39.081_610_122_367_28],
    );
}

#[test]
fn probabilities_are_lightgbm_s() {
    let (matrix, targets) = rows();
    let targets: Vec<f32> = targets.into_iter().map(|target| f32::from(u8::from(target > 36.0))).collect();
    let forest = grow(&matrix, &targets, &settings(Objective::Probability));
    check(
        matrix.iter().take(8).map(|row| forest.predict(row)),
        &[
            0.242_863_475_197_541_95,
            0.156_211_889_645_743_5,
            0.648_025_069_553_152_5,
            0.156_211_889_645_743_5,
            0.818_818_493_165_065_5,
            0.818_818_493_165_065_5,
            0.156_211_889_645_743_5,
            0.156_211_889_645_743_5,
        ],
    );
    check(
        explained(&forest, matrix.row(2)),
        &[
            1.096_601_490_983_207_8,
            -0.135_037_052_916_219_12,
            -0.150_196_997_352_317_87,
            -0.200_998_010_269_068_77,
        ],
    );
}
