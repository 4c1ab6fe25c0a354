//! Rows in which nearly all columns are known.

/// Dense rows of numbers, one after the other, with NaN where a number is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    columns: usize,
    values: Vec<f32>,
}

impl Matrix {
    /// Takes numbers row by row; `None` without columns, or if the last row is not whole.
    pub fn new(columns: usize, values: Vec<f32>) -> Option<Self> {
        (columns > 0 && values.len().is_multiple_of(columns)).then_some(Self { columns, values })
    }

    /// Rows of zeros; `columns` is not 0.
    pub(crate) fn zeros(rows: usize, columns: usize) -> Self {
        Self::new(columns, vec![0.0; rows * columns]).expect("there are columns")
    }

    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    pub fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.columns..][..self.columns]
    }

    pub(crate) fn row_mut(&mut self, index: usize) -> &mut [f32] {
        &mut self.values[index * self.columns..][..self.columns]
    }

    pub fn iter(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.columns)
    }

    /// What stands in a column, from the first row to the last.
    pub fn column(&self, index: usize) -> impl Iterator<Item = f32> {
        self.values[index.min(self.values.len())..].iter().step_by(self.columns).copied()
    }

    /// All numbers, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }
}

#[cfg(test)]
mod tests {
    use super::Matrix;

    #[test]
    fn rows_and_columns_are_what_was_put_in() {
        let matrix = Matrix::new(2, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        assert_eq!((matrix.rows(), matrix.columns(), matrix.row(1)), (3, 2, &[3.0, 4.0][..]));
        assert_eq!(matrix.column(1).collect::<Vec<_>>(), [2.0, 4.0, 6.0]);
        assert_eq!(matrix.iter().count(), 3);
        assert_eq!(Matrix::new(2, Vec::new()).unwrap().column(1).count(), 0);
        assert!(Matrix::new(2, vec![1.0]).is_none() && Matrix::new(0, Vec::new()).is_none());
    }
}
