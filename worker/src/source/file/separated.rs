use super::{reader::Found, reason::Reason};
use csv::ByteRecord;
use csv_core::ReadRecordResult;
use std::io::{self, BufRead};

/// A quoted field that is still open after so many bytes is taken for one that nobody closed.
const LONGEST_RECORD: usize = 1024 * 1024;

/// The records of a file of separated values, quoted as in RFC 4180.
///
/// Built on `csv_core`, since `csv` can't go back: behind a quote that is never closed it takes the rest of the file for
/// one field.
pub(super) struct SeparatedReader {
    content: Box<dyn BufRead + Send>,
    parser: Box<csv_core::Reader>,
    /// What was read of the file, and where in it the next record begins.
    buffer: Vec<u8>,
    at: usize,
    fields: Vec<u8>,
    /// Where in `fields` each field ends.
    ends: Vec<usize>,
    header: ByteRecord,
    names: Vec<String>,
    line: u64,
    line_ends: u64,
}

/// No line is so long; a file that is nothing but one, such as a small one that swells, must not fill the memory.
const LONGEST_LINE: usize = 64 * 1024 * 1024;

/// How far the next record goes.
enum Extent {
    /// Behind so many bytes, and with so many fields.
    Whole {
        length: usize,
        fields: usize,
    },
    Unclosed,
}

impl SeparatedReader {
    pub(super) fn new(content: Box<dyn BufRead + Send>, separator: u8) -> io::Result<Self> {
        let mut reader = Self {
            content,
            parser: Box::new(csv_core::ReaderBuilder::new().delimiter(separator).build()),
            buffer: Vec::new(),
            at: 0,
            fields: vec![0; 1024],
            ends: vec![0; 32],
            header: ByteRecord::new(),
            names: Vec::new(),
            line: 1,
            line_ends: 0,
        };
        let mut header = ByteRecord::new();
        // It is compared with the rows; the empty one is like none.
        if let Found::Broken { reason: Reason::UnclosedQuote, .. } = reader.read(&mut header)? {
            return Err(io::Error::other("a quote in the header is never closed"));
        }
        reader.names = header.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        reader.header = header;
        Ok(reader)
    }

    pub(super) fn read(&mut self, record: &mut ByteRecord) -> io::Result<Found> {
        record.clear();
        if !self.skip_line_ends()? {
            return Ok(Found::End);
        }
        let extent = self.parse()?;
        self.line = self.line_ends + 1;
        let Extent::Whole { length, fields } = extent else { return Ok(self.first_line()) };
        self.take(length);
        let mut start = 0;
        for end in &self.ends[..fields] {
            record.push_field(&self.fields[start..*end]);
            start = *end;
        }
        let reason = if self.names.is_empty() {
            return Ok(Found::Record);
        } else if record.len() != self.header.len() {
            Reason::WrongColumnCount
        } else if record.as_slice() == self.header.as_slice() {
            Reason::HeaderRow
        } else {
            return Ok(Found::Record);
        };
        Ok(Found::Broken { raw: join(record.iter()), reason })
    }

    pub(super) fn header(&self) -> &[String] {
        &self.names
    }

    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Goes to the next record; false at the end of the file.
    fn skip_line_ends(&mut self) -> io::Result<bool> {
        loop {
            let blank = self.ahead().iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.take(blank);
            if !self.ahead().is_empty() {
                return Ok(true);
            } else if !self.read_ahead()? {
                return Ok(false);
            }
        }
    }

    fn parse(&mut self) -> io::Result<Extent> {
        let (mut length, mut written, mut fields) = (0, 0, 0);
        let mut is_over = false;
        loop {
            // At the end of the file a line end closes every record, unless a quote is open.
            let input = if is_over { b"\n" } else { &self.buffer[self.at + length..] };
            let (result, read, wrote, ended) =
                self.parser.read_record(input, &mut self.fields[written..], &mut self.ends[fields..]);
            (written, fields) = (written + wrote, fields + ended);
            if !is_over {
                length += read;
            }
            match result {
                ReadRecordResult::OutputFull => self.fields.resize(2 * self.fields.len(), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                ReadRecordResult::InputEmpty if is_over || self.is_too_long() => return Ok(Extent::Unclosed),
                ReadRecordResult::InputEmpty => is_over = !self.read_ahead()?,
                ReadRecordResult::Record | ReadRecordResult::End => {
                    return Ok(Extent::Whole { length, fields });
                }
            }
        }
    }

    /// Only of more than one line: a long line alone is no sign of an open quote.
    fn is_too_long(&self) -> bool {
        self.ahead().len() > LONGEST_RECORD && self.ahead().contains(&b'\n')
    }

    /// Gives up the first line of a record whose quote nobody closed, and reads on behind it.
    fn first_line(&mut self) -> Found {
        self.parser.reset();
        let end = memchr::memchr(b'\n', self.ahead()).map_or(self.ahead().len(), |end| end + 1);
        let raw = String::from_utf8_lossy(self.ahead()[..end].trim_ascii_end()).into_owned();
        self.take(end);
        Found::Broken { raw, reason: Reason::UnclosedQuote }
    }

    fn take(&mut self, length: usize) {
        self.line_ends += memchr::memchr_iter(b'\n', &self.ahead()[..length]).count() as u64;
        self.at += length;
    }

    fn ahead(&self) -> &[u8] {
        &self.buffer[self.at..]
    }

    /// Reads on; false at the end of the file.
    fn read_ahead(&mut self) -> io::Result<bool> {
        self.buffer.drain(..self.at);
        self.at = 0;
        if self.buffer.len() > LONGEST_LINE {
            return Err(io::Error::other("a line is longer than 64 MB"));
        }
        let content = self.content.fill_buf()?;
        let length = content.len();
        self.buffer.extend_from_slice(content);
        self.content.consume(length);
        Ok(length > 0)
    }
}

/// The fields as one row of comma-separated values, without line end; bad UTF-8 is replaced.
pub(super) fn join<'a>(fields: impl Iterator<Item = &'a [u8]>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_byte_record(&fields.collect()).expect("a vector takes every record");
    let mut row = writer.into_inner().expect("a vector can be flushed");
    row.truncate(row.trim_ascii_end().len());
    String::from_utf8_lossy(&row).into_owned()
}
