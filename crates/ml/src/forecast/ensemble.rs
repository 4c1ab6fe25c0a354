//! Several models whose quantiles are averaged.

use super::{
    Combination, LEVELS, Member,
    combination::Cases,
    model::Model,
    view::{Inputs, Layout},
};
use crate::{matrix::Matrix, onnx::File};

/// Models, and how much each counts for.
///
/// Quantiles of one level are averaged (Vincentization: Ratcliff 1979, "Group reaction time distributions and an analysis
/// of distribution statistics"), which leaves the average as sharp as its members are, where an average of probabilities
/// is wider than any (Lichtendahl, Grushka-Cockayne and Winkler 2013, "Is it better to average probabilities or quantiles?").
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ensemble {
    /// Different ones, none of them an ensemble.
    pub members: Vec<Model>,
    /// Members × levels.
    weights: Matrix,
}

impl Ensemble {
    /// Has members count as suits what they said of days that they had not learnt from.
    pub fn of(members: Vec<Model>, cases: &Cases<'_>, combination: Combination) -> Self {
        Self { members, weights: cases.weights(combination) }
    }

    /// Takes weights as they were kept; `None` unless there are different members and each has weights that are sound.
    pub fn new(members: Vec<Model>, weights: Vec<f32>) -> Option<Self> {
        let weights = Matrix::new(LEVELS.len(), weights)?;
        let is_new = |place: usize| members[..place].iter().all(|one| one.name() != members[place].name());
        let is_sum = |place| (weights.column(place).sum::<f32>() - 1.0).abs() < 1e-4;
        let is_sound = members.len() > 1
            && weights.rows() == members.len()
            && (0..members.len()).all(is_new)
            && weights.values().iter().all(|weight| (0.0..=1.0).contains(weight))
            && (0..LEVELS.len()).all(is_sum);
        is_sound.then_some(Self { members, weights })
    }

    /// The weighted sums of what members said, which may still cross.
    pub fn combined(&self, said: &[Matrix]) -> Matrix {
        let rows = said.first().map_or(0, Matrix::rows);
        let mut sums = Matrix::zeros(rows, LEVELS.len());
        for (said, weights) in said.iter().zip(self.weights.iter()) {
            let values = said.values().iter().zip(weights.iter().cycle());
            sums.values_mut()
                .iter_mut()
                .zip(values)
                .for_each(|(sum, (value, weight))| *sum += value * weight);
        }
        sums
    }

    /// By member: its share of the whole, the mean of all levels.
    pub fn shares(&self) -> Vec<Member> {
        let share = |(member, weights): (&Model, &[f32])| {
            let sum: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
            Member { name: member.name().to_owned(), weight: sum / LEVELS.len() as f64 }
        };
        self.members.iter().zip(self.weights.iter()).map(share).collect()
    }

    /// By column: the weighted mean of what the members look at, together 1; all 0 unless every one tells, since nobody knows
    /// what the silent ones look at.
    pub fn importance(&self, inputs: &Inputs) -> Vec<f64> {
        let mut sums = vec![0.0; inputs.columns];
        for (member, share) in self.members.iter().zip(self.shares()) {
            let told = member.importance(inputs);
            if told.iter().all(|told| *told <= 0.0) {
                return vec![0.0; inputs.columns];
            }
            sums.iter_mut().zip(told).for_each(|(sum, told)| *sum += share.weight * told);
        }
        super::model::shares(sums)
    }

    pub fn layouts(&self) -> Vec<Layout> {
        self.members.iter().flat_map(Model::layouts).collect()
    }

    pub fn to_file(&self) -> File {
        let members = self.members.iter().map(|member| (member.name(), member.to_file())).collect();
        File::of_members(members, &self.weights)
    }
}
