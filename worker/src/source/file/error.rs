use std::{fmt, io, path::PathBuf};

/// Why a file can't be read, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{} can't be opened: {reason}", path.display())]
    Open { path: PathBuf, reason: io::Error },
    #[error("{} is empty", path.display())]
    Empty { path: PathBuf },
    #[error("{} is UTF-16: save it as UTF-8", path.display())]
    Utf16 { path: PathBuf },
    /// The rows up to `line` were given before.
    #[error("{} can't be read beyond line {line}: {reason}", path.display())]
    BrokenOff { path: PathBuf, line: u64, reason: io::Error },
    /// As a download that was interrupted; the rows up to `line` were given before.
    #[error("{} ends early, behind line {line}: a part of it is missing", path.display())]
    EndsEarly { path: PathBuf, line: u64 },
    #[error("{} has no {}; its columns are {}", path.display(), listed(missing), found.join(", "))]
    MissingColumns { path: PathBuf, missing: Vec<MissingColumn>, found: Vec<String> },
}

impl FileError {
    pub(super) fn broken_off(path: PathBuf, line: u64, reason: io::Error) -> Self {
        match reason.kind() {
            io::ErrorKind::UnexpectedEof => Self::EndsEarly { path, line },
            _ => Self::BrokenOff { path, line, reason },
        }
    }
}

/// A column that a file must have, and the names by which it would be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingColumn {
    pub name: &'static str,
    /// In lower case; upper case, spaces and signs in a file's header do not matter.
    pub accepted: &'static [&'static str],
}

impl fmt::Display for MissingColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column for the {} (accepted names: {})", self.name, self.accepted.join(", "))
    }
}

fn listed(missing: &[MissingColumn]) -> String {
    missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and no ")
}
