//! The steps taken, and the way back.

use super::{attention, choice, dropout, elu, gate, last, linear, lstm, quantile};
use crate::{matrix::Matrix, random::Stream};

/// Numbers that training changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub name: String,
    pub values: Matrix,
}

/// A matrix on the tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Var(pub(super) usize);

impl Var {
    /// Which matrix of the tape it is, from 0.
    pub fn place(self) -> usize {
        self.0
    }
}

/// How a matrix came about.
#[derive(Debug)]
pub(crate) enum Operation {
    Input,
    /// By its place among the parameters.
    Parameter(usize),
    Linear(linear::Linear),
    Elu(Var),
    Gate(gate::Gate),
    Softmax(Var),
    Select(choice::Select),
    Attend(attention::Attend),
    Pool(attention::Pool),
    Lstm(lstm::Lstm),
    Last(Var),
    Dropout(dropout::Dropout),
    Quantiles(quantile::Quantiles),
}

/// Everything computed so far.
#[derive(Debug)]
pub(crate) struct Tape<'model> {
    /// How many days a sequence has.
    pub days: usize,
    parameters: Parameters<'model>,
    used: usize,
    nodes: Vec<Node>,
    pub(super) dropout: Option<(f64, Stream)>,
}

#[derive(Debug)]
enum Parameters<'model> {
    Known(&'model [Parameter]),
    /// Made up as they are asked for.
    New(Vec<Parameter>, Stream),
}

#[derive(Debug)]
struct Node {
    operation: Operation,
    value: Matrix,
    /// Whether any parameter has a part in it.
    is_variable: bool,
}

impl<'model> Tape<'model> {
    /// An empty tape for a network whose parameters are known.
    pub fn new(days: usize, parameters: &'model [Parameter]) -> Self {
        Self::with(days, Parameters::Known(parameters))
    }

    /// An empty tape that makes up parameters as a network asks for them.
    pub fn inventing(days: usize, seed: u64) -> Self {
        Self::with(days, Parameters::New(Vec::new(), Stream::new(seed)))
    }

    fn with(days: usize, parameters: Parameters<'model>) -> Self {
        Self { days, parameters, used: 0, nodes: Vec::new(), dropout: None }
    }

    /// Leaves out, from here on, a share of what [`Tape::dropout`] passes.
    pub fn drop_out(&mut self, share: f64, seed: u64) {
        self.dropout = (share > 0.0).then(|| (share, Stream::new(seed)));
    }

    /// The parameters made up.
    pub fn into_parameters(self) -> Vec<Parameter> {
        match self.parameters {
            Parameters::Known(parameters) => parameters.to_vec(),
            Parameters::New(parameters, _) => parameters,
        }
    }

    pub fn input(&mut self, value: Matrix) -> Var {
        self.nodes.push(Node { operation: Operation::Input, value, is_variable: false });
        Var(self.nodes.len() - 1)
    }

    /// The next parameter; a new one starts with what `start` says of each place.
    pub fn parameter(
        &mut self,
        name: &str,
        [rows, columns]: [usize; 2],
        mut start: impl FnMut(usize, &mut Stream) -> f32,
    ) -> Var {
        let value = match &mut self.parameters {
            Parameters::Known(parameters) => {
                let Parameter { name: known, values } = &parameters[self.used];
                debug_assert_eq!((name, rows, columns), (&**known, values.rows(), values.columns()));
                values.clone()
            }
            Parameters::New(parameters, stream) => {
                let values = (0..rows * columns).map(|place| start(place, stream)).collect();
                let values = Matrix::new(columns, values).expect("whole rows");
                parameters.push(Parameter { name: name.to_owned(), values: values.clone() });
                values
            }
        };
        self.used += 1;
        self.nodes.push(Node { operation: Operation::Parameter(self.used - 1), value, is_variable: true });
        Var(self.nodes.len() - 1)
    }

    /// What the parameter at a place is called.
    pub fn parameter_name(&self, place: usize) -> &str {
        match &self.parameters {
            Parameters::Known(parameters) => &parameters[place].name,
            Parameters::New(parameters, _) => &parameters[place].name,
        }
    }

    pub(super) fn push(&mut self, operation: Operation, value: Matrix, from: &[Var]) -> Var {
        let is_variable = from.iter().any(|var| self.nodes[var.0].is_variable);
        self.nodes.push(Node { operation, value, is_variable });
        Var(self.nodes.len() - 1)
    }

    pub fn value(&self, var: Var) -> &Matrix {
        &self.nodes[var.0].value
    }

    pub fn into_value(mut self, var: Var) -> Matrix {
        self.nodes.swap_remove(var.0).value
    }

    /// Every step in its order, and what it gave.
    pub fn operations(&self) -> impl Iterator<Item = (Var, &Operation)> {
        self.nodes.iter().enumerate().map(|(index, node)| (Var(index), &node.operation))
    }

    /// By parameter: how a number whose gradient at `output` is given changes with it.
    pub fn gradients(&self, output: Var, gradient: Matrix) -> Vec<Matrix> {
        let mut gradients = Gradients { tape: self, found: vec![None; self.nodes.len()] };
        gradients.found[output.0] = Some(gradient);
        let mut by_parameter: Vec<Option<Matrix>> = vec![None; self.used];
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let Some(gradient) = gradients.found[index].take() else { continue };
            match &node.operation {
                Operation::Input => {}
                Operation::Parameter(place) => by_parameter[*place] = Some(gradient),
                Operation::Linear(linear) => linear.back(&gradient, &mut gradients),
                Operation::Elu(input) => elu::back(*input, &node.value, &gradient, &mut gradients),
                Operation::Gate(gate) => gate.back(&gradient, &mut gradients),
                Operation::Softmax(input) => {
                    choice::back(*input, &node.value, &gradient, &mut gradients);
                }
                Operation::Select(select) => select.back(&gradient, &mut gradients),
                Operation::Attend(attend) => attend.back(&gradient, &mut gradients),
                Operation::Pool(pool) => pool.back(&gradient, &mut gradients),
                Operation::Lstm(lstm) => lstm.back(&gradient, &mut gradients),
                Operation::Last(input) => last::back(*input, &gradient, &mut gradients),
                Operation::Dropout(dropout) => dropout.back(&gradient, &mut gradients),
                Operation::Quantiles(quantiles) => quantiles.back(&gradient, &mut gradients),
            }
        }
        by_parameter.into_iter().map(|gradient| gradient.expect("the output needs every parameter")).collect()
    }
}

/// What is known of the gradients on the way back.
pub(super) struct Gradients<'tape> {
    pub tape: &'tape Tape<'tape>,
    found: Vec<Option<Matrix>>,
}

impl Gradients<'_> {
    /// The gradient of `var`, to be added to; `None` if nobody asks for it.
    pub fn of(&mut self, var: Var) -> Option<&mut Matrix> {
        let Node { value, is_variable, .. } = &self.tape.nodes[var.0];
        is_variable
            .then(|| self.found[var.0].get_or_insert_with(|| Matrix::zeros(value.rows(), value.columns())))
    }
}
