use super::{
    input::{Format, Input},
    json::JsonReader,
    reason::Reason,
    separated::SeparatedReader,
};
use csv::ByteRecord;
use std::io;

/// The records of a file, whatever its format.
pub(super) enum Reader {
    Separated(SeparatedReader),
    Json(JsonReader),
}

/// What `Reader::read` found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The record has one field per name of the header, unless the file's row has not.
    Record,
    /// A row that is not even a record.
    Broken {
        raw: String,
        reason: Reason,
    },
    End,
}

impl Reader {
    /// Takes the input's reader; reads the header of a separated file.
    pub(super) fn new(input: &mut Input) -> io::Result<Self> {
        let reader = std::mem::replace(&mut input.reader, Box::new(io::empty()));
        match input.format {
            Format::Separated { separator } => SeparatedReader::new(reader, separator).map(Self::Separated),
            Format::JsonArray => Ok(Self::Json(JsonReader::array(reader))),
            Format::JsonLines => Ok(Self::Json(JsonReader::lines(reader))),
        }
    }

    pub(super) fn read(&mut self, record: &mut ByteRecord) -> io::Result<Found> {
        match self {
            Self::Separated(reader) => reader.read(record),
            Self::Json(reader) => reader.read(record),
        }
    }

    /// The names of the columns; those of JSON grow while rows are read.
    pub(super) fn header(&self) -> &[String] {
        match self {
            Self::Separated(reader) => reader.header(),
            Self::Json(reader) => reader.header(),
        }
    }

    /// The line on which the record read last starts, from 1.
    pub(super) fn line(&self) -> u64 {
        match self {
            Self::Separated(reader) => reader.line(),
            Self::Json(reader) => reader.line(),
        }
    }

    /// The record read last as text.
    pub(super) fn raw(&self, record: &ByteRecord) -> String {
        match self {
            Self::Separated(_) => super::separated::join(record.iter()),
            Self::Json(reader) => reader.raw(),
        }
    }
}
