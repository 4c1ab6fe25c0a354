use super::{FEATURES, File, Forest, PREDICTIONS};
use crate::{
    matrix::Matrix,
    onnx::runtime::{Runtime, Tensor},
    random::splitmix_at,
    tree::{Branch, Child, Examples, Leaf, Link, Objective, Parts, Settings, Side, Tree, train},
};
use std::{ops::ControlFlow, path::Path};

/// Rows of which some values are missing, infinite or equal to others, and a forest grown from them.
fn grown(objective: Objective) -> (Matrix, Forest) {
    let at = |place: usize| (splitmix_at(9, place as u64) % 997) as f32 / 100.0 - 5.0;
    let mut values: Vec<f32> = (0..4_000).map(at).collect();
    let target = |row: &[f32]| if row[0] > 0.7 { row[1] } else { row[2] * row[3] / 5.0 };
    let mut targets: Vec<f32> = values.chunks_exact(4).map(target).collect();
    if objective == Objective::Probability {
        targets = targets.into_iter().map(|target| f32::from(u8::from(target > 0.0))).collect();
    }
    values.iter_mut().step_by(13).for_each(|value| *value = f32::NAN);
    values.iter_mut().step_by(101).for_each(|value| *value *= f32::INFINITY);
    let matrix = Matrix::new(4, values).unwrap();
    let settings = Settings { rounds: 60, row_share: 0.9, ..Settings::new(objective) };
    let examples = Examples::new(&matrix, &targets).unwrap();
    let forest = train(examples, None, &settings, |_| ControlFlow::Continue(())).unwrap();
    (matrix, forest)
}

/// A leaf alone, and a tree that only asks whether a value is missing.
fn odd() -> Forest {
    let leaf = |score| Leaf { score, rows: 3.0 };
    let children = [Child::Leaf(0), Child::Leaf(1)];
    let branch = Branch { column: 1, threshold: f32::INFINITY, missing: Side::Right, children };
    let trees = vec![
        Tree { branches: Vec::new(), leaves: vec![leaf(0.25)] },
        Tree { branches: vec![branch], leaves: vec![leaf(1.0), leaf(2.0)] },
    ];
    Forest::new(Parts { link: Link::Identity, base: -1.0, trees, importance: vec![0.0, 1.0, 0.0, 0.0] })
        .unwrap()
}

#[test]
fn comes_back_as_it_was() {
    for forest in [grown(Objective::Mean).1, grown(Objective::Probability).1, odd()] {
        let file = File::from(&forest).with_property("features", "1.0");
        let bytes = file.encode();
        let again = File::decode(&bytes).unwrap();
        assert_eq!((again.property("features"), &again), (Some("1.0"), &file));
        assert_eq!(Forest::try_from(&again).unwrap(), forest);
        assert_eq!(File::from(&forest).with_property("features", "1.0").encode(), bytes);
    }
}

/// Forests of the same columns.
fn several() -> Vec<Forest> {
    vec![grown(Objective::Mean).1, odd(), grown(Objective::Quantile(0.9)).1]
}

#[test]
fn several_forests_come_back_as_they_were() {
    let bytes = File::of_forests(&several()).unwrap().encode();
    let file = File::decode(&bytes).unwrap();
    assert_eq!(file.to_forests().unwrap(), several());
    assert_eq!(File::of_forests(&file.to_forests().unwrap()).unwrap().encode(), bytes);
    assert!(Forest::try_from(&file).unwrap_err().to_string().ends_with("it is of several forests"));
    assert!(File::of_forests(&[]).is_none());
    assert!(File::of_forests(&[odd(), grown(Objective::Probability).1]).is_none());
}

#[test]
fn a_leaf_of_another_forest_is_refused() {
    let mut file = File::of_forests(&[odd(), odd()]).unwrap();
    let node = &mut file.0.graph.as_mut().unwrap().node[0];
    let targets = node.attribute.iter_mut().find(|attribute| attribute.name == "target_ids").unwrap();
    assert_eq!(targets.ints, [0, 0, 0, 1, 1, 1]);
    targets.ints[2] = 1;
    let error = file.to_forests().unwrap_err();
    assert!(error.to_string().ends_with("its graph does something else besides"), "{error}");
}

#[test]
fn damage_is_named() {
    let bytes = File::from(&odd()).encode();
    for end in 0..bytes.len() {
        let cut = File::decode(&bytes[..end]).and_then(|file| Forest::try_from(&file));
        assert!(cut.is_err() || cut.unwrap() == odd(), "cut at {end}");
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << bit;
            // Whatever it is now, it is refused, or nothing runs differently from what was read.
            let Ok(file) = File::decode(&bytes) else { continue };
            let Ok(forest) = Forest::try_from(&file) else { continue };
            assert_eq!(File::from(&forest).0.graph.unwrap().node, file.0.graph.unwrap().node);
        }
    }
}

#[test]
fn another_model_is_refused() {
    let mut file = File::from(&odd());
    let graph = file.0.graph.as_mut().unwrap();
    graph.node[0] = graph.node[0].clone().with_string("post_transform", "SOFTMAX");
    let error = Forest::try_from(&file).unwrap_err();
    assert!(error.to_string().ends_with("its graph does something else besides"), "{error}");
}

/// The rows, and each with its values moved onto the thresholds that they are compared with, and just above.
fn on_thresholds(matrix: &Matrix, forest: &Forest) -> Vec<f32> {
    let mut values = matrix.values().to_vec();
    for branch in forest.parts().trees.iter().flat_map(|tree| &tree.branches) {
        for value in [branch.threshold, branch.threshold.next_up(), f32::NAN] {
            let row = matrix.row(values.len() / 4 % matrix.rows());
            values.extend(row);
            let start = values.len() - 4;
            values[start + branch.column as usize] = value;
        }
    }
    values
}

#[test]
fn onnx_runtime_predicts_the_same() {
    let Ok(library) = std::env::var("BELLWETHER_TEST_ONNX_RUNTIME") else {
        println!("BELLWETHER_TEST_ONNX_RUNTIME is not set: nothing is checked");
        return;
    };
    let runtime = Runtime::load(Path::new(&library)).unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let rows = grown(Objective::Mean).0;
    let forests = [Objective::Mean, Objective::Probability, Objective::Quantile(0.9)].map(|it| grown(it).1);
    for forest in forests.into_iter().chain([odd()]) {
        let path = folder.path().join("forest.onnx");
        std::fs::write(&path, File::from(&forest).encode()).unwrap();
        let session = runtime.open(&path, 1).unwrap();
        let values = on_thresholds(&rows, &forest);
        let matrix = Matrix::new(4, values.clone()).unwrap();
        let input = Tensor::Floats(vec![matrix.rows(), 4], values);
        let (shape, found) = session.run(vec![(FEATURES, input)], PREDICTIONS).unwrap();
        assert_eq!(shape, [matrix.rows(), 1]);
        for (row, found) in matrix.iter().zip(found) {
            let expected = forest.predict(row);
            assert!((f64::from(found) - expected).abs() < 1e-5, "{row:?}: {found} is not {expected}");
        }
    }
    let (path, forests) = (folder.path().join("forests.onnx"), several());
    std::fs::write(&path, File::of_forests(&forests).unwrap().encode()).unwrap();
    let session = runtime.open(&path, 1).unwrap();
    let input = Tensor::Floats(vec![rows.rows(), 4], rows.values().to_vec());
    let (shape, found) = session.run(vec![(FEATURES, input)], PREDICTIONS).unwrap();
    assert_eq!(shape, [rows.rows(), 3]);
    for (row, found) in rows.iter().zip(found.chunks_exact(3)) {
        for (forest, found) in forests.iter().zip(found) {
            assert!((f64::from(*found) - forest.predict(row)).abs() < 1e-5);
        }
    }
}
