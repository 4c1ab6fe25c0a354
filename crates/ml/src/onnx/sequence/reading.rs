//! The graph read back.

use super::{DAYS, FACTORS, HEADS, HIDDEN, LEVELS, MEANS, TARGET_MEAN, TARGET_SCALE};
use crate::{
    matrix::Matrix,
    onnx::{
        Error, File,
        message::{Graph, Tensor},
    },
    sequence::{Model, Network, Parameter, Parts, Scaling, Size},
};

impl TryFrom<&File> for Model {
    type Error = Error;

    fn try_from(file: &File) -> Result<Self, Error> {
        let graph = file.0.graph.as_ref().ok_or(Error::Content("it has no graph"))?;
        let number = |key: &str| file.property(key).and_then(|value| value.parse().ok());
        let network = Network::find(&graph.name, number(HEADS));
        let network = network.ok_or(Error::Content("it is of no network known here"))?;
        let scaling = scaling(file).ok_or(Error::Content("its scales are missing or damaged"))?;
        let levels = file.property(LEVELS).and_then(levels);
        let (Some(days), Some(hidden), Some(levels)) = (number(DAYS), number(HIDDEN), levels) else {
            return Err(Error::Content("its lengths or levels are missing or damaged"));
        };
        let shape = [days, scaling.means.len()];
        let mut parts = Parts { network, hidden, levels, shape, scaling, parameters: Vec::new() };
        parts.parameters =
            parameters(file, graph, &parts).ok_or(Error::Content("its weights are missing or damaged"))?;
        let model = Self::new(parts).ok_or(Error::Content("its sizes or numbers make no model"))?;
        // What runtimes compute must be what was read, down to what is not looked at above.
        let is_same = File::from(&model).is_part_of(file);
        if is_same { Ok(model) } else { Err(Error::Content("its graph does something else besides")) }
    }
}

fn scaling(file: &File) -> Option<Scaling> {
    let one = |name: &str| file.tensor(name)?.first().copied();
    Some(Scaling {
        means: file.tensor(MEANS)?,
        factors: file.tensor(FACTORS)?,
        target_mean: one(TARGET_MEAN)?,
        target_scale: one(TARGET_SCALE)?,
    })
}

fn levels(text: &str) -> Option<Vec<f64>> {
    text.split(',').map(|level| level.parse().ok()).collect()
}

fn parameters(file: &File, graph: &Graph, parts: &Parts) -> Option<Vec<Parameter>> {
    let Parts { network, hidden, levels, shape: [_, features], .. } = parts;
    // A damaged length must not ask for more memory than there is.
    let numbers: usize = graph.initializer.iter().map(|tensor| tensor.raw_data.len() / 4).sum();
    if !network.fits(*hidden) || numbers < network.least_numbers(*features, *hidden) {
        return None;
    }
    let untrained = network.parameters(*features, Size::new(*hidden, levels), 0);
    let known = |Parameter { name, values }: Parameter| {
        let read = file.tensor(&name)?;
        let fits = read.len() == values.values().len();
        fits.then(|| Matrix::new(values.columns(), read))?.map(|values| Parameter { name, values })
    };
    untrained.into_iter().map(known).collect()
}

impl File {
    /// Whether `other` computes the same: its nodes are these, and it has these tensors, once each.
    pub(crate) fn is_part_of(&self, other: &Self) -> bool {
        let (Some(graph), Some(others)) = (&self.0.graph, &other.0.graph) else { return false };
        let is_there = |tensor: &Tensor| {
            let name = |found: &&Tensor| found.name == tensor.name;
            others.initializer.iter().filter(name).eq([tensor])
        };
        self.0.opset_import == other.0.opset_import
            && graph.node == others.node
            && graph.input == others.input
            && graph.output == others.output
            && graph.initializer.iter().all(is_there)
    }
}
