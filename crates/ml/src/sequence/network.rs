//! The networks there are.

use super::{lstm, tft};
use crate::{
    autodiff::{Parameter, Tape, Var},
    matrix::Matrix,
};

/// How a network is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// One layer of long short-term memory, of which the last state is read.
    Lstm,
    /// A Temporal Fusion Transformer: it says what it looked at. Attention is split into `heads` parts, of which
    /// `hidden` is a multiple; 4 are usual.
    Tft { heads: usize },
}

/// The name of the layer that says the quantiles.
pub(super) const HEAD: &str = "head";

impl Network {
    pub(super) fn usual_hidden(self) -> usize {
        match self {
            Self::Lstm => 64,
            Self::Tft { .. } => 16,
        }
    }

    /// What the network is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lstm => "lstm",
            Self::Tft { .. } => "tft",
        }
    }

    /// Into how many parts attention is split, if there is any.
    pub fn heads(self) -> Option<usize> {
        match self {
            Self::Lstm => None,
            Self::Tft { heads } => Some(heads),
        }
    }

    /// The network that is called so, and has so many heads, if any.
    pub fn find(name: &str, heads: Option<usize>) -> Option<Self> {
        let attentive = heads.map(|heads| Self::Tft { heads });
        [Some(Self::Lstm), attentive].into_iter().flatten().find(|network| network.name() == name)
    }

    /// Whether the network can be so wide.
    pub(crate) fn fits(self, hidden: usize) -> bool {
        let heads = self.heads().unwrap_or(1);
        hidden > 0 && heads > 0 && hidden.is_multiple_of(heads)
    }

    /// What the network says of standardised days, which are sorted by day, then sequence.
    pub(crate) fn forward(self, tape: &mut Tape<'_>, days: Matrix, size: Size) -> Said {
        let input = tape.input(days);
        let (summary, weights) = match self {
            Self::Lstm => (lstm::summary(tape, input, size.hidden), None),
            Self::Tft { heads } => {
                let (summary, weights) = tft::summary(tape, input, size.hidden, heads);
                (summary, Some(weights))
            }
        };
        // From nothing: before it has learned anything, a network says the same of every sequence.
        let raw = tape.linear(HEAD, summary, size.quantiles, 0.0);
        Said { quantiles: tape.quantiles(raw, size.anchor), weights }
    }

    /// The parameters of an untrained network.
    pub(crate) fn parameters(self, features: usize, size: Size, seed: u64) -> Vec<Parameter> {
        // They do not depend on how many days there are.
        let mut tape = Tape::inventing(1, seed);
        self.forward(&mut tape, Matrix::zeros(1, features), size);
        tape.into_parameters()
    }

    /// Fewer numbers than the parameters have: whoever has not even those need not ask what they are.
    pub(crate) fn least_numbers(self, features: usize, hidden: usize) -> usize {
        match self {
            Self::Lstm => features.saturating_add(hidden).saturating_mul(hidden),
            Self::Tft { .. } => features.saturating_mul(hidden).saturating_mul(hidden),
        }
    }
}

/// What a network says.
pub(crate) struct Said {
    /// By sequence: rising quantiles.
    pub quantiles: Var,
    pub weights: Option<Weights>,
}

/// What a network looked at: shares of features by day and sequence, and of days by the same.
pub(crate) struct Weights {
    pub features: Var,
    pub days: Var,
}

/// How wide a network is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub hidden: usize,
    pub quantiles: usize,
    /// The place of the quantile from which the others are steps.
    pub anchor: usize,
}

impl Size {
    /// The anchor is what is nearest to the median.
    pub fn new(hidden: usize, levels: &[f64]) -> Self {
        let distance = |place: &usize| (levels[*place] - 0.5).abs();
        let anchor = (0..levels.len()).min_by(|one, other| distance(one).total_cmp(&distance(other)));
        Self { hidden, quantiles: levels.len(), anchor: anchor.unwrap_or_default() }
    }
}
