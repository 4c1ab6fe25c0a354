use super::{reader::Found, reason::Reason};
use csv::ByteRecord;
use std::io::{self, BufRead};

/// The records of a file of separated values, quoted as in RFC 4180.
pub(super) struct SeparatedReader {
    reader: csv::Reader<Box<dyn BufRead + Send>>,
    header: Vec<String>,
    header_record: ByteRecord,
    line: u64,
    /// How far the line ends read lag behind: the `\n` of `\r\n` is only read with the next record.
    lag: u64,
}

impl SeparatedReader {
    pub(super) fn new(mut content: Box<dyn BufRead + Send>, separator: u8) -> io::Result<Self> {
        let lag = u64::from(ends_with_carriage_return(content.fill_buf()?));
        let mut builder = csv::ReaderBuilder::new();
        // The header is read by hand, as the first record: it is compared with the rows.
        builder.delimiter(separator).has_headers(false).flexible(true).buffer_capacity(64 * 1024);
        let mut reader = builder.from_reader(content);
        let mut header_record = ByteRecord::new();
        reader.read_byte_record(&mut header_record).map_err(into_io)?;
        let header = header_record.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        Ok(Self { reader, header, header_record, line: 1, lag })
    }

    pub(super) fn read(&mut self, record: &mut ByteRecord) -> io::Result<Found> {
        if !self.reader.read_byte_record(record).map_err(into_io)? {
            return Ok(Found::End);
        }
        self.line = record.position().map_or(self.line, |position| position.line() + self.lag);
        let reason = if record.len() != self.header_record.len() {
            Reason::WrongColumnCount
        } else if record.as_slice() == self.header_record.as_slice() {
            Reason::HeaderRow
        } else {
            return Ok(Found::Record);
        };
        Ok(Found::Broken { raw: join(record.iter()), reason })
    }

    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    pub(super) fn line(&self) -> u64 {
        self.line
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

/// Tells whether the first line ends with `\r\n`; a column's name may have a plain `\n` in it.
fn ends_with_carriage_return(head: &[u8]) -> bool {
    let mut is_quoted = false;
    let end = head.iter().position(|byte| {
        is_quoted ^= *byte == b'"';
        !is_quoted && matches!(byte, b'\r' | b'\n')
    });
    end.is_some_and(|end| head[end..].starts_with(b"\r\n"))
}

fn into_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        // Without UTF-8 checks and with flexible lengths only reading fails.
        kind => io::Error::other(format!("{kind:?}")),
    }
}
