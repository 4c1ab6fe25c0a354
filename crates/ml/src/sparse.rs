//! Rows of which nearly all columns are zero.

/// Sparse rows, one after the other (compressed sparse rows).
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

/// One row: which columns are not zero, and what stands there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row<'rows> {
    pub columns: &'rows [u32],
    pub values: &'rows [f32],
}

impl Rows {
    pub fn new() -> Self {
        Self { starts: vec![0], columns: Vec::new(), values: Vec::new() }
    }

    /// Adds a row of columns and their values.
    pub fn push(&mut self, entries: impl IntoIterator<Item = (u32, f32)>) {
        for (column, value) in entries {
            self.columns.push(column);
            self.values.push(value);
        }
        self.starts.push(self.columns.len());
    }

    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn row(&self, index: usize) -> Row<'_> {
        let range = self.starts[index]..self.starts[index + 1];
        Row { columns: &self.columns[range.clone()], values: &self.values[range] }
    }

    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|index| self.row(index))
    }

    /// What stands in some `columns`, which are sorted; a column becomes its place among them.
    #[must_use]
    pub fn restricted(&self, columns: &[u32]) -> Self {
        let mut restricted = Self::new();
        for row in self.iter() {
            restricted.push(row.entries().filter_map(|(column, value)| {
                let place = columns.binary_search(&column).ok()?;
                Some((u32::try_from(place).expect("there are no more places than columns"), value))
            }));
        }
        restricted
    }
}

impl Default for Rows {
    fn default() -> Self {
        Self::new()
    }
}

impl Row<'_> {
    pub fn entries(&self) -> impl Iterator<Item = (u32, f32)> {
        self.columns.iter().copied().zip(self.values.iter().copied())
    }
}
