use super::{
    FileError, Progress, Reason,
    column::{Column, Layout},
    input::Input,
    reader::{Found, Reader},
    separated,
};
use csv::ByteRecord;
use std::{fmt, io, path::PathBuf};

/// One row of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<T> {
    /// On which it starts, from 1.
    pub line: u64,
    /// A rejected row as text: comma-separated values, or the JSON as it stands; empty for a good row.
    pub raw: String,
    pub parsed: Result<T, Reason>,
}

/// How the records of one kind of file become rows.
pub trait Shape {
    type Item;

    /// The columns that are understood.
    fn columns(&self) -> &'static [Column];

    /// Reads one record; it may remember what it saw, to find duplicates.
    fn parse(&mut self, fields: &Fields<'_>) -> Result<Self::Item, Reason>;
}

/// A record's fields by column.
#[derive(Debug)]
pub struct Fields<'a> {
    layout: &'a Layout,
    record: &'a ByteRecord,
}

impl<'a> Fields<'a> {
    /// The trimmed field; `None` if the file has no such column.
    pub(super) fn get(&self, column: usize) -> Option<&'a [u8]> {
        let position = self.layout.position(column)?;
        self.record.get(position).map(<[u8]>::trim_ascii)
    }

    /// The trimmed text, if there is any.
    pub(super) fn text(&self, column: usize) -> Result<Option<&'a str>, Reason> {
        let field = self.get(column).filter(|field| !field.is_empty());
        // PostgreSQL has no place for it, and no text needs it.
        if field.is_some_and(|field| field.contains(&0)) {
            return Err(Reason::NulInText);
        }
        field.map(|field| str::from_utf8(field).map_err(|_| Reason::BadUtf8)).transpose()
    }

    /// Tells whether the file has the column.
    pub(super) fn has(&self, column: usize) -> bool {
        self.layout.position(column).is_some()
    }
}

/// The rows of a file, in order.
///
/// Bad rows are items like the others. An `Err` is always the last item: the file can't be read on.
pub struct Rows<S> {
    path: PathBuf,
    progress: Progress,
    reader: Reader,
    layout: Layout,
    record: ByteRecord,
    shape: S,
    /// The first record, read ahead to check its columns.
    first: Option<io::Result<Found>>,
    is_over: bool,
}

impl<S: Shape> Rows<S> {
    pub(super) fn new(mut input: Input, shape: S) -> Result<Self, FileError> {
        let opened = Reader::new(&mut input);
        let Input { path, progress, .. } = input;
        let mut reader = match opened {
            Ok(reader) => reader,
            Err(source) => return Err(FileError::broken_off(path, 0, source)),
        };
        let mut record = ByteRecord::new();
        let first = reader.read(&mut record);
        let layout = Layout::new(shape.columns(), reader.header());
        let missing = layout.missing();
        if reader.header().is_empty() && matches!(first, Ok(Found::End)) {
            return Err(FileError::Empty { path });
        } else if !missing.is_empty() && !reader.header().is_empty() {
            return Err(FileError::MissingColumns { path, missing, found: reader.header().to_vec() });
        }
        Ok(Self { path, progress, reader, layout, record, shape, first: Some(first), is_over: false })
    }

    /// The names of the columns in the order of the file; those of JSON grow while rows are read.
    pub fn columns(&self) -> &[String] {
        self.reader.header()
    }

    /// The header as a row of comma-separated values, to stand above rejected rows.
    pub fn header(&self) -> String {
        separated::join(self.reader.header().iter().map(String::as_bytes))
    }

    /// The columns that are not read; those of JSON grow while rows are read.
    pub fn unknown_columns(&self) -> &[String] {
        self.layout.unknown()
    }

    /// How far the file has been read.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    fn row(&mut self) -> Row<S::Item> {
        if self.layout.width() != self.reader.header().len() {
            self.layout = Layout::new(self.shape.columns(), self.reader.header());
        }
        let parsed = self.shape.parse(&Fields { layout: &self.layout, record: &self.record });
        let raw = if parsed.is_err() { self.reader.raw(&self.record) } else { String::new() };
        Row { line: self.reader.line(), raw, parsed }
    }
}

impl<S: Shape> Iterator for Rows<S> {
    type Item = Result<Row<S::Item>, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let found = self.first.take().unwrap_or_else(|| self.reader.read(&mut self.record));
        match found {
            Ok(Found::Record) => Some(Ok(self.row())),
            Ok(Found::Broken { raw, reason }) => {
                Some(Ok(Row { line: self.reader.line(), raw, parsed: Err(reason) }))
            }
            Ok(Found::End) => {
                self.is_over = true;
                None
            }
            Err(source) => {
                self.is_over = true;
                Some(Err(FileError::broken_off(self.path.clone(), self.reader.line(), source)))
            }
        }
    }
}

impl<S> fmt::Debug for Rows<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("path", &self.path).field("layout", &self.layout).finish_non_exhaustive()
    }
}
