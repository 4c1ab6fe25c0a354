use super::{reader::Found, reason::Reason};
use csv::ByteRecord;
use rustc_hash::FxHashSet;
use serde_json::{Map, Value};
use std::io::{self, BufRead};

/// An object longer than this is taken for a file without end.
const LONGEST_ITEM: usize = 64 * 1024 * 1024;

/// The objects of a JSON array or of JSON lines as records, with the keys seen so far as header.
pub(super) struct JsonReader {
    content: Box<dyn BufRead + Send>,
    kind: Kind,
    header: Vec<String>,
    known: FxHashSet<String>,
    item: Vec<u8>,
    /// Whether the array's closing bracket was read.
    is_closed: bool,
    /// Where the item starts, and how many line ends were read before and in it.
    line: u64,
    line_ends: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Array,
    Lines,
}

impl JsonReader {
    pub(super) fn array(content: Box<dyn BufRead + Send>) -> Self {
        Self::new(content, Kind::Array)
    }

    pub(super) fn lines(content: Box<dyn BufRead + Send>) -> Self {
        Self::new(content, Kind::Lines)
    }

    fn new(content: Box<dyn BufRead + Send>, kind: Kind) -> Self {
        let (header, known, item) = (Vec::new(), FxHashSet::default(), Vec::new());
        Self { content, kind, header, known, item, is_closed: false, line: 1, line_ends: 0 }
    }

    pub(super) fn read(&mut self, record: &mut ByteRecord) -> io::Result<Found> {
        let is_found = match self.kind {
            Kind::Array => self.next_element()?,
            Kind::Lines => self.next_line()?,
        };
        if !is_found {
            return Ok(Found::End);
        }
        let Ok(object) = serde_json::from_slice::<Map<String, Value>>(&self.item) else {
            return Ok(Found::Broken { raw: self.raw(), reason: Reason::UnreadableJson });
        };
        for key in object.keys().filter(|key| !self.known.contains(*key)) {
            self.header.push(key.clone());
        }
        self.known.extend(self.header[self.known.len()..].iter().cloned());
        record.clear();
        for key in &self.header {
            push(record, object.get(key));
        }
        Ok(Found::Record)
    }

    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    pub(super) fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn raw(&self) -> String {
        String::from_utf8_lossy(self.item.trim_ascii()).into_owned()
    }

    fn next_line(&mut self) -> io::Result<bool> {
        loop {
            self.item.clear();
            let mut limited = io::Read::take(&mut self.content, LONGEST_ITEM as u64);
            if limited.read_until(b'\n', &mut self.item)? == 0 {
                return Ok(false);
            }
            self.line_ends += 1;
            self.line = self.line_ends;
            if !self.item.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    /// Cuts the next element out of the array by counting brackets outside strings.
    fn next_element(&mut self) -> io::Result<bool> {
        self.item.clear();
        let mut cutter = Cutter::default();
        loop {
            let buffer = self.content.fill_buf()?;
            if buffer.is_empty() {
                // What is left is an unreadable last element; the next look finds the end.
                return match (self.item.is_empty(), self.is_closed) {
                    (false, _) => Ok(true),
                    (true, true) => Ok(false),
                    (true, false) => Err(io::ErrorKind::UnexpectedEof.into()),
                };
            }
            let mut consumed = 0;
            let mut is_complete = false;
            for byte in buffer {
                is_complete = cutter.ends_before(*byte, self.item.is_empty());
                if is_complete {
                    break;
                }
                consumed += 1;
                self.line_ends += u64::from(*byte == b'\n');
                if cutter.takes(*byte, self.item.is_empty()) {
                    if self.item.is_empty() {
                        self.line = self.line_ends + 1;
                    }
                    self.item.push(*byte);
                } else if matches!(byte, b'[' | b']') {
                    self.is_closed = *byte == b']';
                }
            }
            self.content.consume(consumed);
            if is_complete {
                return Ok(true);
            }
            if self.item.len() > LONGEST_ITEM {
                return Err(io::Error::other("an element of the array has more than 64 MiB"));
            }
        }
    }
}

/// Finds the ends of an array's elements.
#[derive(Debug, Default)]
struct Cutter {
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
}

impl Cutter {
    /// Tells whether `byte` lies behind the element.
    fn ends_before(&self, byte: u8, is_empty: bool) -> bool {
        !is_empty && self.depth == 0 && !self.is_in_string && matches!(byte, b',' | b']')
    }

    /// Tells whether `byte` belongs to the element, not to the array around it.
    fn takes(&mut self, byte: u8, is_empty: bool) -> bool {
        if self.is_in_string {
            self.is_in_string = self.is_escaped || byte != b'"';
            self.is_escaped = !self.is_escaped && byte == b'\\';
            return true;
        }
        match byte {
            b'"' => self.is_in_string = true,
            b'{' => self.depth += 1,
            b'[' if !is_empty => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        // Before an element come the array's own brackets, commas and white space.
        !(is_empty && (byte.is_ascii_whitespace() || matches!(byte, b'[' | b']' | b',')))
    }
}

fn push(record: &mut ByteRecord, value: Option<&Value>) {
    match value {
        None | Some(Value::Null) => record.push_field(b""),
        Some(Value::String(text)) => record.push_field(text.as_bytes()),
        Some(other) => record.push_field(other.to_string().as_bytes()),
    }
}
