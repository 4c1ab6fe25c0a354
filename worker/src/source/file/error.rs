use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// Why a file can't be read, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{} can't be opened: {source}", path.display())]
    Open { path: PathBuf, source: io::Error },
    #[error("{} is empty", path.display())]
    Empty { path: PathBuf },
    #[error("{} is UTF-16: save it as UTF-8", path.display())]
    Utf16 { path: PathBuf },
    /// The rows up to `line` were given before.
    #[error("{} can't be read beyond line {line}: {source}", path.display())]
    BrokenOff { path: PathBuf, line: u64, source: io::Error },
    #[error("{} has no {}; its columns are {}", path.display(), listed(missing), found.join(", "))]
    MissingColumns { path: PathBuf, missing: Vec<MissingColumn>, found: Vec<String> },
}

impl FileError {
    pub fn path(&self) -> &Path {
        match self {
            Self::Open { path, .. }
            | Self::Empty { path }
            | Self::Utf16 { path }
            | Self::BrokenOff { path, .. }
            | Self::MissingColumns { path, .. } => path,
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
