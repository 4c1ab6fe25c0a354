//! Reads a file on a thread of its own, a few batches ahead of the database.

use super::{Example, FileError, Reason, Row, Rows, Shape, rejected::RejectedFile};
use std::{collections::BTreeMap, path::PathBuf};
use tokio::{
    sync::mpsc::{Receiver, Sender, channel},
    task::{JoinHandle, spawn_blocking},
};

/// Batches that wait for the database.
const AHEAD: usize = 3;
/// Rejected rows that are remembered of each reason, and characters of each.
const EXAMPLES: usize = 3;
const LONGEST_EXAMPLE: usize = 300;

/// A file that is being read.
pub(super) struct Reading<T> {
    batches: Receiver<Vec<T>>,
    task: JoinHandle<anyhow::Result<Tally>>,
}

/// What the reader saw.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub read: usize,
    pub rejected: BTreeMap<Reason, usize>,
    pub examples: BTreeMap<Reason, Vec<Example>>,
    pub rejected_file: Option<PathBuf>,
    pub unknown_columns: Vec<String>,
    pub broken: Option<FileError>,
}

impl<T: Send + 'static> Reading<T> {
    /// Rejected rows go into a file `beside` the one that is read, if that is anywhere.
    pub(super) fn start<S>(rows: Rows<S>, beside: Option<PathBuf>, batch: usize) -> Self
    where
        S: Shape<Item = T> + Send + 'static,
    {
        let (sender, batches) = channel(AHEAD);
        Self { batches, task: spawn_blocking(move || read(rows, beside, batch, &sender)) }
    }

    pub(super) async fn next(&mut self) -> Option<Vec<T>> {
        self.batches.recv().await
    }

    pub(super) async fn finish(self) -> anyhow::Result<Tally> {
        self.task.await?
    }
}

fn read<S: Shape>(
    mut rows: Rows<S>,
    beside: Option<PathBuf>,
    size: usize,
    batches: &Sender<Vec<S::Item>>,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut rejected = beside.map(|beside| RejectedFile::new(beside, rows.header()));
    let mut batch = Vec::with_capacity(size);
    for row in rows.by_ref() {
        let Row { line, raw, parsed } = match row {
            Ok(row) => row,
            Err(error) => {
                tally.broken = Some(error);
                break;
            }
        };
        tally.read += 1;
        match parsed {
            Ok(item) => batch.push(item),
            Err(reason) => {
                *tally.rejected.entry(reason).or_default() += 1;
                let examples = tally.examples.entry(reason).or_default();
                if examples.len() < EXAMPLES {
                    let text = raw.trim_end().chars().take(LONGEST_EXAMPLE).collect();
                    examples.push(Example { line, text });
                }
                if let Some(rejected) = &mut rejected {
                    rejected.write(line, reason, &raw)?;
                }
            }
        }
        // The other end is gone only when storing failed, which it reports itself.
        if batch.len() == size
            && batches.blocking_send(std::mem::replace(&mut batch, Vec::with_capacity(size))).is_err()
        {
            return Ok(tally);
        }
    }
    if !batch.is_empty() {
        let _ = batches.blocking_send(batch);
    }
    tally.rejected_file = rejected.map(RejectedFile::finish).transpose()?.flatten();
    tally.unknown_columns = rows.unknown_columns().to_vec();
    Ok(tally)
}
