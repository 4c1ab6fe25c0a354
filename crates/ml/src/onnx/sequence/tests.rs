use super::{File, Model, QUANTILES, SEQUENCES};
use crate::{
    onnx::{
        message::Node,
        runtime::{Runtime, Tensor},
    },
    random::Stream,
    sequence::{Examples, Inputs, Network, Settings, train},
};
use std::{ops::ControlFlow, path::Path};

const NETWORKS: [Network; 2] = [Network::Lstm, Network::Tft { heads: 2 }];

/// Sequences, days, features.
const SHAPE: [usize; 3] = [40, 5, 3];

fn values() -> Vec<f32> {
    let mut stream = Stream::new(1);
    (0..SHAPE.iter().product()).map(|_| 20.0 + stream.within(3.0)).collect()
}

/// A model with these levels that has learned something.
fn trained(network: Network, levels: &[f64]) -> Model {
    let values = values();
    let targets: Vec<f32> = values.chunks_exact(15).map(|sequence| 0.1 * sequence[12]).collect();
    let examples = Examples::new(Inputs::new(&values, SHAPE).unwrap(), &targets).unwrap();
    let few = Settings { epochs: 4, batch: 8, hidden: 4, learning_rate: 0.02, ..Settings::new(network) };
    let settings = Settings { levels: levels.to_vec(), ..few };
    train(examples, None, &settings, |_| ControlFlow::Continue(())).unwrap()
}

fn models() -> Vec<Model> {
    let levels: [&[f64]; 4] = [&[0.05, 0.1, 0.5, 0.9, 0.95], &[0.5], &[0.1, 0.2], &[0.6, 0.7]];
    NETWORKS.into_iter().flat_map(|network| levels.map(|levels| trained(network, levels))).collect()
}

#[test]
fn comes_back_as_it_was() {
    let values = values();
    let inputs = Inputs::new(&values, SHAPE).unwrap();
    for model in models() {
        let file = File::from(&model).with_property("features", "1.0").with_numbers("spare", &[1.0]);
        let bytes = file.encode();
        let again = Model::try_from(&File::decode(&bytes).unwrap()).unwrap();
        assert_eq!(again, model);
        assert_eq!(again.predict(&inputs), model.predict(&inputs));
        let written = File::from(&again).with_property("features", "1.0").with_numbers("spare", &[1.0]);
        assert_eq!(written.encode(), bytes);
    }
}

#[test]
fn damage_is_named() {
    for network in NETWORKS {
        let model = trained(network, &[0.1, 0.5]);
        let bytes = File::from(&model).encode();
        for end in 0..bytes.len() {
            let cut = File::decode(&bytes[..end]).and_then(|file| Model::try_from(&file));
            assert!(cut.is_err() || cut.unwrap() == model, "cut at {end}");
        }
        // Of a long file not every byte, or this takes seconds.
        for at in (0..bytes.len()).step_by(bytes.len() / 3_000 + 1) {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << (at % 8);
            // Whatever it is now, it is refused, or nothing runs differently from what was read.
            let Ok(file) = File::decode(&bytes) else { continue };
            let Ok(model) = Model::try_from(&file) else { continue };
            assert_eq!(File::from(&model).0.graph.unwrap().node, file.0.graph.unwrap().node);
        }
    }
}

#[test]
fn another_model_is_refused() {
    for network in NETWORKS {
        let file = File::from(&trained(network, &[0.5]));
        let refused = |change: &dyn Fn(&mut File)| {
            let mut file = file.clone();
            change(&mut file);
            Model::try_from(&file).unwrap_err().to_string()
        };
        let besides = "it is an ONNX file, but not of a model that was made here: \
                       its graph does something else besides";
        let graph = |file: &mut File| file.0.graph.take().unwrap();
        let nodes = refused(&|file| {
            let mut graph = graph(file);
            graph.node.push(Node::new("Exp", &[QUANTILES], "more"));
            file.0.graph = Some(graph);
        });
        let twice = refused(&|file| {
            let mut graph = graph(file);
            graph.initializer.push(graph.initializer[0].clone());
            file.0.graph = Some(graph);
        });
        assert_eq!([&*nodes, &*twice], [besides; 2]);
        assert!(refused(&|file| file.0.graph = None).ends_with("it has no graph"));
        let name = refused(&|file| file.0.graph.as_mut().unwrap().name = "forest".to_owned());
        assert!(name.ends_with("it is of no network known here"));
        for hidden in ["5", "-1", "4096", "18446744073709551615"] {
            let error = refused(&|file| *file = file.clone().with_property("hidden", hidden));
            assert!(error.contains("missing or damaged"), "{hidden}: {error}");
        }
        for levels in ["", "0.5,", "0.5,0.6", "NaN", "2"] {
            refused(&|file| *file = file.clone().with_property("levels", levels));
        }
        assert!(refused(&|file| *file = file.clone().with_property("days", "6")).ends_with("besides"));
    }
}

#[test]
fn onnx_runtime_predicts_the_same() {
    let Ok(library) = std::env::var("BELLWETHER_TEST_ONNX_RUNTIME") else {
        println!("BELLWETHER_TEST_ONNX_RUNTIME is not set: nothing is checked");
        return;
    };
    let runtime = Runtime::load(Path::new(&library)).unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let mut values = values();
    // Some beyond where they count.
    values.iter_mut().step_by(17).for_each(|value| *value *= 100.0);
    for model in models() {
        let path = folder.path().join("model.onnx");
        std::fs::write(&path, File::from(&model).encode()).unwrap();
        let session = runtime.open(&path, 1).unwrap();
        for count in [SHAPE[0], 1] {
            let shape = [count, SHAPE[1], SHAPE[2]];
            let values = &values[..shape.iter().product()];
            let expected = model.predict(&Inputs::new(values, shape).unwrap()).unwrap();
            let input = Tensor::Floats(shape.to_vec(), values.to_vec());
            let (found_shape, found) = session.run(vec![(SEQUENCES, input)], QUANTILES).unwrap();
            assert_eq!(found_shape, [count, model.levels().len()]);
            for (found, expected) in found.iter().zip(expected.values()) {
                assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
            }
            assert!(found.chunks_exact(model.levels().len()).all(<[f32]>::is_sorted));
        }
    }
}
