//! The steps that only the Temporal Fusion Transformer takes.

use super::step::Steps;
use crate::{
    autodiff::{Attend, Gate, LEAST, Pool, Select, Var},
    onnx::message::{Node, Tensor},
};

impl Steps {
    /// An operator with one input; those that work along an axis work along the last.
    pub fn unary(&mut self, operator: &str, input: Var, name: &str) {
        let input = self.name(input).to_owned();
        self.node(operator, &[&input], name);
    }

    pub fn gate(&mut self, gate: &Gate, columns: usize, name: &str) {
        let [around, control, value, gain, bias] =
            [gate.around, gate.control, gate.value, gate.gain, gate.bias]
                .map(|var| self.name(var).to_owned());
        let part = |part: &str| format!("{name}.{part}");
        let [open, passed, sum, split, mean] = ["open", "passed", "sum", "split", "mean"].map(part);
        self.node("Sigmoid", &[&control], &open);
        self.node("Mul", &[&open, &value], &passed);
        self.node("Add", &[&around, &passed], &sum);
        let sum = if gate.groups > 1 {
            self.reshape(&sum, &[0, 0, gate.groups, columns / gate.groups], &split);
            split
        } else {
            sum
        };
        let [centred, squares, variance, least] = ["centred", "squares", "variance", "least"].map(part);
        self.mean(&sum, &mean);
        self.node("Sub", &[&sum, &mean], &centred);
        self.node("Mul", &[&centred, &centred], &squares);
        self.mean(&squares, &variance);
        let [above, deviation, standard, joined] = ["above", "deviation", "standard", "joined"].map(part);
        self.tensors.push(Tensor::floats(&least, &[], &[LEAST]));
        self.node("Add", &[&variance, &least], &above);
        self.node("Sqrt", &[&above], &deviation);
        self.node("Div", &[&centred, &deviation], &standard);
        let standard = if gate.groups > 1 {
            self.reshape(&standard, &[0, 0, columns], &joined);
            joined
        } else {
            standard
        };
        let stretched = part("stretched");
        self.node("Mul", &[&standard, &gain], &stretched);
        self.node("Add", &[&stretched, &bias], name);
    }

    pub fn select(&mut self, select: &Select, [groups, width]: [usize; 2], name: &str) {
        let [shares, values] = [select.shares, select.values].map(|var| self.name(var).to_owned());
        let [factors, split, products] =
            ["factors", "split", "products"].map(|part| format!("{name}.{part}"));
        self.reshape(&shares, &[0, 0, groups, 1], &factors);
        self.reshape(&values, &[0, 0, groups, width], &split);
        self.node("Mul", &[&factors, &split], &products);
        self.sum(&products, 2, name);
    }

    pub fn attend(&mut self, attend: &Attend, columns: usize, name: &str) {
        let [queries, keys] = [attend.queries, attend.keys].map(|var| self.name(var).to_owned());
        let (heads, width) = (attend.heads, columns / attend.heads);
        let part = |part: &str| format!("{name}.{part}");
        let [asked, known, products, sums] = ["asked", "known", "products", "sums"].map(part);
        self.reshape(&queries, &[0, heads, width], &asked);
        self.reshape(&keys, &[0, 0, heads, width], &known);
        self.node("Mul", &[&known, &asked], &products);
        self.sum(&products, 3, &sums);
        let [scale, scaled, shares] = ["scale", "scaled", "shares"].map(part);
        self.tensors.push(Tensor::floats(&scale, &[], &[Attend::scale(width)]));
        self.node("Mul", &[&sums, &scale], &scaled);
        self.nodes.push(Node::new("Softmax", &[&scaled], &shares).with_int("axis", 0));
        self.mean(&shares, name);
    }

    pub fn pool(&mut self, pool: &Pool, name: &str) {
        let [shares, values] = [pool.shares, pool.values].map(|var| self.name(var).to_owned());
        let products = format!("{name}.products");
        self.node("Mul", &[&values, &shares], &products);
        self.sum(&products, 0, name);
    }

    /// The mean along the last axis, which stays.
    fn mean(&mut self, input: &str, name: &str) {
        self.nodes.push(Node::new("ReduceMean", &[input], name).with_ints("axes", vec![-1]));
    }

    /// The sum along an axis, which goes.
    fn sum(&mut self, input: &str, axis: usize, name: &str) {
        let along = format!("{name}.axes");
        self.ints(&along, &[1], &[axis]);
        self.nodes.push(Node::new("ReduceSum", &[input, &along], name).with_int("keepdims", 0));
    }
}
