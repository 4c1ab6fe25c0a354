//! The steps of a network in ONNX's words.

use crate::{
    autodiff::{Linear, Lstm, Operation, Quantiles, Tape, Var},
    onnx::message::{Node, Tensor},
};

/// The name of the network's input: days × sequences × features.
pub(super) const DAYS: &str = "by_day";

/// The graph so far.
pub(super) struct Steps {
    pub nodes: Vec<Node>,
    pub tensors: Vec<Tensor>,
    days: usize,
    /// By place on the tape.
    names: Vec<String>,
}

impl Steps {
    /// An empty graph for sequences of so many days.
    pub fn new(days: usize) -> Self {
        Self { nodes: Vec::new(), tensors: Vec::new(), days, names: Vec::new() }
    }

    /// What the graph calls a matrix of the tape.
    pub fn name(&self, var: Var) -> &str {
        &self.names[var.place()]
    }

    pub fn node(&mut self, operator: &str, inputs: &[&str], output: &str) {
        self.nodes.push(Node::new(operator, inputs, output));
    }

    /// Adds the tape's next step.
    pub fn add(&mut self, tape: &Tape<'_>, var: Var, operation: &Operation) {
        let name = match operation {
            Operation::Input => DAYS.to_owned(),
            Operation::Parameter(place) => tape.parameter_name(*place).to_owned(),
            Operation::Dropout(dropout) => self.name(dropout.input).to_owned(),
            _ => format!("step_{}", var.place()),
        };
        match operation {
            Operation::Input | Operation::Parameter(_) | Operation::Dropout(_) => {}
            Operation::Linear(linear) => {
                let inputs = tape.value(linear.input).columns();
                self.linear(linear, [inputs, tape.value(var).columns()], &name);
            }
            Operation::Elu(input) => self.unary("Elu", *input, &name),
            Operation::Gate(gate) => self.gate(gate, tape.value(var).columns(), &name),
            Operation::Softmax(input) => self.unary("Softmax", *input, &name),
            Operation::Select(select) => {
                let groups = tape.value(select.shares).columns();
                self.select(select, [groups, tape.value(var).columns()], &name);
            }
            Operation::Attend(attend) => self.attend(attend, tape.value(attend.keys).columns(), &name),
            Operation::Pool(pool) => self.pool(pool, &name),
            Operation::Lstm(lstm) => {
                let inputs = tape.value(lstm.input).columns();
                self.lstm(lstm, [inputs, tape.value(var).columns()], &name);
            }
            Operation::Last(input) => self.last(*input, &name),
            Operation::Quantiles(quantiles) => {
                self.quantiles(quantiles, tape.value(var).columns(), &name);
            }
        }
        self.names.push(name);
    }

    /// Groups are matrices of their own, one beside the other.
    fn linear(&mut self, linear: &Linear, [inputs, outputs]: [usize; 2], name: &str) {
        let [input, weights, bias] =
            [linear.input, linear.weights, linear.bias].map(|var| self.name(var).to_owned());
        let part = |part: &str| format!("{name}.{part}");
        let [sums, split, factors, joined] = ["sums", "split", "factors", "joined"].map(part);
        let groups = linear.groups;
        if groups == 1 {
            self.node("MatMul", &[&input, &weights], &sums);
            self.node("Add", &[&sums, &bias], name);
            return;
        }
        self.reshape(&input, &[0, 0, groups, 1, inputs / groups], &split);
        self.reshape(&weights, &[groups, inputs / groups, outputs / groups], &factors);
        self.node("MatMul", &[&split, &factors], &sums);
        self.reshape(&sums, &[0, 0, outputs], &joined);
        self.node("Add", &[&joined, &bias], name);
    }

    /// The operator wants the weights of the inputs and those of the last state apart and turned, and a second bias.
    fn lstm(&mut self, lstm: &Lstm, [inputs, cells]: [usize; 2], name: &str) {
        let [input, weights, bias] =
            [lstm.input, lstm.weights, lstm.bias].map(|var| self.name(var).to_owned());
        let part = |part: &str| format!("{name}.{part}");
        let [first, rows, columns] = ["first", "rows", "columns"].map(part);
        self.ints(&first, &[1], &[0]);
        self.ints(&rows, &[1], &[1]);
        self.ints(&columns, &[2], &[inputs, cells]);
        let [of_inputs, of_states, turned_inputs, turned_states] =
            ["of_inputs", "of_states", "turned_inputs", "turned_states"].map(part);
        let split = Node::new("Split", &[&weights, &columns], &of_inputs).with_int("axis", 0);
        self.nodes.push(split.with_output(&of_states));
        for (part, turned) in [(&of_inputs, &turned_inputs), (&of_states, &turned_states)] {
            let flat = format!("{turned}.flat");
            self.nodes.push(Node::new("Transpose", &[part], &flat).with_ints("perm", vec![1, 0]));
            self.node("Unsqueeze", &[&flat, &first], turned);
        }
        let [zeros, both, all] = ["zeros", "both_biases", "states"].map(part);
        self.tensors.push(Tensor::floats(&zeros, &[1, 4 * cells], &vec![0.0; 4 * cells]));
        self.nodes.push(Node::new("Concat", &[&bias, &zeros], &both).with_int("axis", 1));
        let reader = Node::new("LSTM", &[&input, &turned_inputs, &turned_states, &both], &all);
        self.nodes.push(reader.with_int("hidden_size", integer(cells)));
        self.node("Squeeze", &[&all, &rows], name);
    }

    fn last(&mut self, input: Var, name: &str) {
        let (input, day) = (self.name(input).to_owned(), format!("{name}.day"));
        self.ints(&day, &[], &[self.days - 1]);
        self.nodes.push(Node::new("Gather", &[&input, &day], name).with_int("axis", 0));
    }

    /// Sums of sums never fall, so quantiles don't cross in a runtime either.
    fn quantiles(&mut self, quantiles: &Quantiles, columns: usize, name: &str) {
        let (input, anchor) = (self.name(quantiles.input).to_owned(), quantiles.anchor);
        let part = |part: &str| format!("{name}.{part}");
        let [lengths, axis, middle] = ["lengths", "axis", "middle"].map(part);
        let parts = [(part("below"), anchor), (middle.clone(), 1), (part("above"), columns - anchor - 1)];
        let parts: Vec<_> = parts.into_iter().filter(|(_, length)| *length > 0).collect();
        self.ints(&lengths, &[parts.len()], &parts.iter().map(|(_, length)| *length).collect::<Vec<_>>());
        self.ints(&axis, &[], &[1]);
        let mut split = Node::new("Split", &[&input, &lengths], &parts[0].0).with_int("axis", 1);
        for (part, _) in &parts[1..] {
            split = split.with_output(part);
        }
        self.nodes.push(split);
        let mut quantiles = Vec::new();
        for (part, _) in &parts {
            if *part == middle {
                quantiles.push(part.clone());
                continue;
            }
            let [steps, sums, found] = ["steps", "sums", "quantiles"].map(|name| format!("{part}.{name}"));
            let is_below = quantiles.is_empty() && anchor > 0;
            self.node("Softplus", &[part], &steps);
            let sum = Node::new("CumSum", &[&steps, &axis], &sums);
            self.nodes.push(sum.with_int("reverse", i64::from(is_below)));
            self.node(if is_below { "Sub" } else { "Add" }, &[&middle, &sums], &found);
            quantiles.push(found);
        }
        let names: Vec<&str> = quantiles.iter().map(String::as_str).collect();
        self.nodes.push(Node::new("Concat", &names, name).with_int("axis", 1));
    }

    /// Other lengths for the same numbers; 0 stands for a length that stays.
    pub fn reshape(&mut self, input: &str, lengths: &[usize], name: &str) {
        let shape = format!("{name}.lengths");
        self.ints(&shape, &[lengths.len()], lengths);
        self.node("Reshape", &[input, &shape], name);
    }

    pub fn ints(&mut self, name: &str, dims: &[usize], values: &[usize]) {
        let values: Vec<i64> = values.iter().map(|value| integer(*value)).collect();
        self.tensors.push(Tensor::ints(name, dims, &values));
    }
}

fn integer(number: usize) -> i64 {
    i64::try_from(number).expect("a model fits into memory")
}
