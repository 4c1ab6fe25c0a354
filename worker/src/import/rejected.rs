//! The rejected rows of an import, in a file beside it.

use super::Reason;
use anyhow::Context as _;
use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::PathBuf,
};

/// Made at the first rejected row.
pub(super) struct RejectedFile {
    beside: PathBuf,
    header: String,
    open: Option<(PathBuf, BufWriter<File>)>,
}

impl RejectedFile {
    pub(super) fn new(imported: PathBuf, header: String) -> Self {
        let mut beside = imported.into_os_string();
        beside.push(".rejected.csv");
        Self { beside: beside.into(), header, open: None }
    }

    /// Adds a row: its line number, the reason, the row as it was.
    pub(super) fn write(&mut self, line: u64, reason: Reason, raw: &str) -> anyhow::Result<()> {
        if self.open.is_none() {
            self.open = Some(self.create()?);
        }
        let (_, file) = self.open.as_mut().expect("it was just opened");
        writeln!(file, "{line},{reason},{}", raw.trim_end()).context("failed to write the rejected rows")
    }

    /// Where the rows are, if there were any.
    pub(super) fn finish(self) -> anyhow::Result<Option<PathBuf>> {
        let Some((path, mut file)) = self.open else { return Ok(None) };
        file.flush().context("failed to write the rejected rows")?;
        Ok(Some(path))
    }

    /// Beside the imported file, or, where that folder can't be written, in the working folder.
    fn create(&self) -> anyhow::Result<(PathBuf, BufWriter<File>)> {
        let here = PathBuf::from(self.beside.file_name().unwrap_or_default());
        let (path, file) = if let Ok(file) = File::create(&self.beside) {
            (self.beside.clone(), file)
        } else {
            let file = File::create(&here);
            let file =
                file.with_context(|| format!("cannot write {} for the rejected rows", here.display()))?;
            (here, file)
        };
        let mut file = BufWriter::new(file);
        writeln!(file, "line,reason,{}", self.header.trim_end())?;
        Ok((path, file))
    }
}
