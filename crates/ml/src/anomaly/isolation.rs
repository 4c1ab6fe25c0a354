//! Rows that are easily told apart from the rest.

use crate::{
    matrix::Matrix,
    random::{Stream, splitmix},
    tree::Side,
};

/// How to grow an isolation forest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isolation {
    pub trees: usize,
    /// The rows of each tree.
    pub sample: usize,
    pub seed: u64,
}

impl Isolation {
    /// The paper's 100 trees of 256 rows.
    pub fn new(seed: u64) -> Self {
        Self { trees: 100, sample: 256, seed }
    }
}

/// Trees that cut rows apart at random: an odd row is soon alone.
///
/// Source: Liu, Ting & Zhou (2008), "Isolation forest". They know no missing values: here these, and infinite ones, choose
/// no cut, and missing ones follow the majority.
#[derive(Clone, Debug)]
pub struct IsolationForest {
    trees: Vec<Vec<Node>>,
    /// The mean depth at which a search among as many rows as a tree has ends without success.
    usual: f64,
}

#[derive(Clone, Copy, Debug)]
enum Node {
    /// What goes left goes on at the next node, what goes right at the one named.
    Cut(Cut, usize),
    /// The depth, and how much deeper the rows left together would go.
    End(f64),
}

impl IsolationForest {
    /// Grows a forest from all rows; `None` with fewer than two rows, or settings that ask for less than a tree of two.
    pub fn grow(matrix: &Matrix, settings: &Isolation) -> Option<Self> {
        let sample = settings.sample.min(matrix.rows());
        if sample < 2 || settings.trees == 0 {
            return None;
        }
        let tree = |number: usize| {
            let mut grower = Grower {
                matrix,
                chance: Stream::new(splitmix(splitmix(settings.seed) ^ number as u64)),
                nodes: Vec::new(),
                deepest: sample.next_power_of_two().ilog2(),
            };
            let rows = grower.chance.sample(matrix.rows(), sample);
            grower.grow(&rows, 0);
            grower.nodes
        };
        Some(Self { trees: (0..settings.trees).map(tree).collect(), usual: unsuccessful(sample) })
    }

    /// How odd a row is, from 0 to 1: about 0.5 or less for the usual ones, near 1 for what is soon alone.
    pub fn score(&self, row: &[f32]) -> f64 {
        let depths = self.trees.iter().map(|tree| depth(tree, row));
        let mean = depths.sum::<f64>() / self.trees.len() as f64;
        (-mean / self.usual).exp2()
    }
}

#[derive(Clone, Copy, Debug)]
struct Cut {
    column: usize,
    /// The last value to the left.
    threshold: f32,
    missing: Side,
}

impl Cut {
    fn side(self, row: &[f32]) -> Side {
        let value = row[self.column];
        if value.is_nan() {
            self.missing
        } else if value > self.threshold {
            Side::Right
        } else {
            Side::Left
        }
    }
}

fn depth(tree: &[Node], row: &[f32]) -> f64 {
    let mut at = 0;
    loop {
        match tree[at] {
            Node::Cut(cut, right) => at = if cut.side(row) == Side::Right { right } else { at + 1 },
            Node::End(depth) => return depth,
        }
    }
}

/// The mean depth of an unsuccessful search in a binary search tree of so many rows: `2·H(n - 1) - 2·(n - 1) / n`.
///
/// The harmonic numbers are summed; the paper's logarithm is a third off for three rows.
fn unsuccessful(rows: usize) -> f64 {
    let harmonic: f64 = (1..rows).map(|number| 1.0 / number as f64).sum();
    2.0 * harmonic - 2.0 * rows.saturating_sub(1) as f64 / rows.max(1) as f64
}

struct Grower<'data> {
    matrix: &'data Matrix,
    chance: Stream,
    nodes: Vec<Node>,
    /// Where rows are left together: deeper down only usual ones would be told apart.
    deepest: u32,
}

impl Grower<'_> {
    fn grow(&mut self, rows: &[usize], depth: u32) {
        let cut = if depth < self.deepest && rows.len() > 1 { self.cut(rows) } else { None };
        let Some(cut) = cut else {
            self.nodes.push(Node::End(f64::from(depth) + unsuccessful(rows.len())));
            return;
        };
        let goes_left = |row: &&usize| cut.side(self.matrix.row(**row)) == Side::Left;
        let (left, right): (Vec<usize>, Vec<usize>) = rows.iter().partition(goes_left);
        let at = self.nodes.len();
        self.nodes.push(Node::Cut(cut, 0));
        self.grow(&left, depth + 1);
        self.nodes[at] = Node::Cut(cut, self.nodes.len());
        self.grow(&right, depth + 1);
    }

    /// A column in which rows differ, and a number between its least and its greatest value; `None` if they differ in none.
    fn cut(&mut self, rows: &[usize]) -> Option<Cut> {
        let range = |column: usize| {
            let values =
                rows.iter().map(|row| self.matrix.row(*row)[column]).filter(|value| value.is_finite());
            values.fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(value), high.max(value)))
        };
        let ranges = (0..self.matrix.columns()).map(|column| (column, range(column)));
        let ranges: Vec<_> = ranges.filter(|(_, (low, high))| low < high).collect();
        let (column, (low, high)) = *ranges.get(self.chance.below(ranges.len()))?;
        let (from, to) = (f64::from(low), f64::from(high));
        #[expect(clippy::cast_possible_truncation, reason = "between two numbers of single precision")]
        let threshold = (from + (to - from) * self.chance.unit()) as f32;
        let threshold = if threshold < high { threshold } else { low };
        let known = rows.iter().map(|row| self.matrix.row(*row)[column]).filter(|value| !value.is_nan());
        let (above, below): (Vec<f32>, Vec<f32>) = known.partition(|value| *value > threshold);
        let missing = if above.len() > below.len() { Side::Right } else { Side::Left };
        Some(Cut { column, threshold, missing })
    }
}

#[cfg(test)]
mod tests {
    use super::{Isolation, IsolationForest, unsuccessful};
    use crate::{
        matrix::Matrix,
        random::{splitmix_at, unit},
    };

    #[track_caller]
    fn check(found: f64, expected: f64, margin: f64) {
        assert!((found - expected).abs() < margin, "{found} is not {expected}");
    }

    fn grow(matrix: &Matrix, trees: usize) -> IsolationForest {
        IsolationForest::grow(matrix, &Isolation { trees, ..Isolation::new(1) }).unwrap()
    }

    #[test]
    fn usual_depths_are_exact() {
        let expected = [0.0, 0.0, 1.0, 5.0 / 3.0, 13.0 / 6.0];
        (0..5).for_each(|rows| check(unsuccessful(rows), expected[rows], 1e-12));
    }

    /// Of 0, 1 and 10 a cut leaves 10 alone nine times of ten, and 0 once; whoever is not alone then is one deeper.
    #[test]
    fn three_points_by_hand() {
        let matrix = Matrix::new(1, vec![0.0, 1.0, 10.0]).unwrap();
        let forest = grow(&matrix, 20_000);
        let usual = 5.0 / 3.0;
        check(forest.score(&[10.0]), (-1.1_f64 / usual).exp2(), 2e-3);
        check(forest.score(&[0.0]), (-1.9_f64 / usual).exp2(), 2e-3);
        check(grow(&Matrix::new(1, vec![4.0, 5.0]).unwrap(), 3).score(&[4.0]), 0.5, 1e-12);
    }

    #[test]
    fn rows_that_do_not_differ_are_all_usual() {
        let forest = grow(&Matrix::new(2, [1.0, f32::NAN].repeat(300)).unwrap(), 10);
        check(forest.score(&[1.0, f32::NAN]), 0.5, 1e-12);
        check(forest.score(&[9.0, 9.0]), 0.5, 1e-12);
    }

    #[test]
    fn missing_and_infinite_values_are_borne() {
        let values = (0..900).map(|place| match splitmix_at(2, place) % 5 {
            0 => f32::NAN,
            1 => f32::INFINITY,
            number => number as f32,
        });
        let matrix = Matrix::new(3, values.collect()).unwrap();
        let forest = grow(&matrix, 20);
        assert!(matrix.iter().all(|row| (0.0..1.0).contains(&forest.score(row))));
    }

    #[test]
    fn too_little_gives_none_and_a_seed_gives_the_same() {
        let one = Matrix::new(1, vec![1.0]).unwrap();
        assert!(IsolationForest::grow(&one, &Isolation::new(1)).is_none());
        let (matrix, row) = (square(), [0.2, 0.9]);
        let score =
            |seed| IsolationForest::grow(&matrix, &Isolation::new(seed)).unwrap().score(&row).to_bits();
        assert_eq!(score(3), score(3));
        assert_ne!(score(3), score(4));
    }

    /// Points in the unit square, one far off in both directions and one in one.
    fn square() -> Matrix {
        #[expect(clippy::cast_possible_truncation, reason = "24 bits fit")]
        let at = |place| unit(splitmix_at(11, place) >> 40 << 40) as f32;
        let mut values: Vec<f32> = (0..600).map(at).collect();
        values[..4].copy_from_slice(&[3.0, 3.0, 0.5, 3.0]);
        Matrix::new(2, values).unwrap()
    }

    /// scikit-learn 1.9.1's `IsolationForest`, the mean of three with 3000 trees each; its own differ by up to 0.007.
    #[test]
    fn scores_are_scikit_learn_s() {
        let matrix = square();
        let settings = Isolation { trees: 3_000, sample: 64, seed: 1 };
        let forest = IsolationForest::grow(&matrix, &settings).unwrap();
        let expected = [0.708_87, 0.631_91, 0.471_13, 0.498_43, 0.464_23, 0.548_96];
        for (row, expected) in matrix.iter().zip(expected) {
            check(forest.score(row), expected, 0.01);
        }
        let scores: Vec<f64> = matrix.iter().map(|row| forest.score(row)).collect();
        assert!(scores[1..].iter().all(|score| *score < scores[0]));
    }
}
