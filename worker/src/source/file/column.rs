use super::error::MissingColumn;

/// A column that a kind of file may have.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    /// As `plain` leaves them, best first: if a file has two, the better is read and the other counts as unknown.
    pub spellings: &'static [&'static str],
    pub need: Need,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Required,
    /// One of the columns with this need must be there.
    Either,
    Optional,
}

impl Column {
    pub(super) const fn new(name: &'static str, spellings: &'static [&'static str], need: Need) -> Self {
        Self { name, spellings, need }
    }
}

/// Where in a file's rows the columns are.
#[derive(Debug)]
pub struct Layout {
    columns: &'static [Column],
    /// By column.
    positions: Vec<Option<usize>>,
    unknown: Vec<String>,
    width: usize,
}

impl Layout {
    pub(super) fn new(columns: &'static [Column], header: &[String]) -> Self {
        let plain: Vec<String> = header.iter().map(|name| self::plain(name)).collect();
        let find = |column: &Column| {
            let mut spellings = column.spellings.iter();
            spellings.find_map(|spelling| plain.iter().position(|name| name == spelling))
        };
        let positions: Vec<Option<usize>> = columns.iter().map(find).collect();
        let unknown = header.iter().enumerate().filter(|(index, _)| !positions.contains(&Some(*index)));
        let unknown = unknown.map(|(index, name)| shown(index, name)).collect();
        Self { columns, positions, unknown, width: header.len() }
    }

    /// The place of the `column`th column.
    pub(super) fn position(&self, column: usize) -> Option<usize> {
        self.positions.get(column).copied().flatten()
    }

    pub(super) fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// The number of columns in the file.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The columns without which no row can be read.
    pub(super) fn missing(&self) -> Vec<MissingColumn> {
        let has_either = self.with(Need::Either).any(|(_, position)| position.is_some());
        let required = self.with(Need::Required).filter(|(_, position)| position.is_none());
        let either = self.with(Need::Either).filter(|_| !has_either).take(1);
        let missing = required.chain(either);
        missing.map(|(column, _)| MissingColumn { name: column.name, accepted: column.spellings }).collect()
    }

    fn with(&self, need: Need) -> impl Iterator<Item = (&'static Column, Option<usize>)> {
        self.columns.iter().zip(self.positions.iter().copied()).filter(move |(column, _)| column.need == need)
    }
}

/// A header's name as it is compared: letters and digits, in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn shown(index: usize, name: &str) -> String {
    if name.trim().is_empty() { format!("(column {})", index + 1) } else { name.trim().to_owned() }
}
