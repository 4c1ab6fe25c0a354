use super::FileError;
use domain::market::Symbol;
use flate2::bufread::MultiGzDecoder;
use std::{
    fmt,
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

const HEAD_LENGTH: usize = 16 * 1024;
const BUFFER_LENGTH: usize = 64 * 1024;
const GZIP: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const ENDINGS: [&str; 8] = [".gz", ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".gzip"];

/// An opened file: decompressed, without byte order mark, with its format found out.
pub struct Input {
    pub(super) path: PathBuf,
    pub(super) reader: Box<dyn BufRead + Send>,
    pub(super) format: Format,
    pub(super) progress: Progress,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Separated { separator: u8 },
    JsonArray,
    JsonLines,
}

/// How far a file has been read; a copy keeps up with the original.
#[derive(Debug, Clone)]
pub struct Progress {
    read: Arc<AtomicU64>,
    total: u64,
}

impl Progress {
    /// The bytes read so far, compressed if the file is.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The size of the file.
    pub fn total(&self) -> u64 {
        self.total
    }
}

impl Input {
    /// Opens the file at `path`.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let failed = |reason| FileError::Open { path: path.to_owned(), reason };
        let file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        Self::new(path, file, size)
    }

    /// Reads `content`; `path` is only a name here, and `size` counts for the progress.
    pub fn new(path: &Path, content: impl Read + Send + 'static, size: u64) -> Result<Self, FileError> {
        let progress = Progress { read: Arc::default(), total: size };
        let counted = Counted { inner: content, read: Arc::clone(&progress.read) };
        let mut plain = BufReader::with_capacity(BUFFER_LENGTH, counted);
        let start = plain.fill_buf().map_err(|reason| FileError::Open { path: path.to_owned(), reason })?;
        let content: Box<dyn Read + Send> =
            if start.starts_with(&GZIP) { Box::new(MultiGzDecoder::new(plain)) } else { Box::new(plain) };
        let (head, rest) = split_head(content);
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Err(FileError::Utf16 { path: path.to_owned() });
        }
        let format = Format::of(path, &head);
        let reader = Box::new(BufReader::with_capacity(BUFFER_LENGTH, Cursor::new(head).chain(rest)));
        Ok(Self { path: path.to_owned(), reader, format, progress })
    }

    /// The symbol after which the file is named, such as `BRK.B.csv.gz`.
    pub(super) fn symbol(&self) -> Option<Symbol> {
        let mut stem = self.path.file_name()?.to_str()?;
        while let Some(shorter) = ENDINGS.iter().find_map(|ending| stem.strip_suffix(ending)) {
            stem = shorter;
        }
        stem.parse().ok()
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input")
            .field("path", &self.path)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl Format {
    fn of(path: &Path, head: &[u8]) -> Self {
        let named = path.to_string_lossy().to_lowercase();
        let is_separated =
            [".csv", ".tsv", ".csv.gz", ".tsv.gz"].iter().any(|ending| named.ends_with(ending));
        match head.trim_ascii_start().first() {
            Some(b'[') if !is_separated => Self::JsonArray,
            Some(b'{') if !is_separated => Self::JsonLines,
            _ => Self::Separated { separator: separator(head) },
        }
    }
}

/// The most frequent separator of the first line, outside quotes.
fn separator(head: &[u8]) -> u8 {
    let mut is_quoted = false;
    let mut counts = [(b',', 0_usize), (b'\t', 0), (b';', 0), (b'|', 0)];
    for byte in head.trim_ascii_start() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => break,
            _ if is_quoted => {}
            _ => counts
                .iter_mut()
                .filter(|(candidate, _)| candidate == byte)
                .for_each(|(_, count)| *count += 1),
        }
    }
    // `max_by_key` takes the last of equals; a comma wins a draw.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

/// Reads the first bytes, without byte order mark; a failure while doing so is kept for the reader of the rest.
fn split_head(mut content: Box<dyn Read + Send>) -> (Vec<u8>, Box<dyn Read + Send>) {
    let mut head = vec![0; HEAD_LENGTH];
    let mut length = 0;
    let rest = loop {
        match content.read(&mut head[length..]) {
            Ok(0) => break content,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Box::new(Broken { error: Some(error) }),
        }
    };
    head.truncate(length);
    if head.starts_with(BYTE_ORDER_MARK) {
        head.drain(..BYTE_ORDER_MARK.len());
    }
    (head, rest)
}

/// Counts what goes through it.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Fails once, with what a reader before it failed with.
struct Broken {
    error: Option<io::Error>,
}

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.error.take().map_or(Ok(0), Err)
    }
}
