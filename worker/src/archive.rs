//! Archives as the jobs write and read them: gzipped out, and as a file in.

use domain::archive::{self, Error, Row, Writer};
use flate2::{Compression, write::GzEncoder};
use jobs::JobContext;
use platform::Platform;
use sea_orm::DbErr;
use std::io::{self, Read, Write as _};
use tokio::runtime::Handle;
use uuid::Uuid;

/// An archive that is being written, gzipped on its way.
#[derive(Debug)]
pub struct Gzip {
    platform: Platform,
    encoder: GzEncoder<Vec<u8>>,
    writer: Writer,
}

impl Gzip {
    /// Starts, or starts over; `None` when nobody wants the archive any more.
    pub async fn start(platform: &Platform, archive: Uuid) -> Result<Option<Self>, Error> {
        let writer = match Writer::start(platform, archive).await {
            Ok(writer) => writer,
            Err(Error::Replaced) => return Ok(None),
            Err(error) => return Err(error),
        };
        let encoder = GzEncoder::new(Vec::new(), Compression::default());
        Ok(Some(Self { platform: platform.clone(), encoder, writer }))
    }

    pub async fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.encoder.write_all(bytes)?;
        self.writer.write(self.encoder.get_ref()).await?;
        self.encoder.get_mut().clear();
        Ok(())
    }

    /// Makes the archive ready and completes the job, both or neither.
    pub async fn finish(mut self, ctx: &JobContext, rows: u64) -> anyhow::Result<()> {
        self.writer.write(&self.encoder.finish()?).await?;
        let txn = self.platform.db.begin().await?;
        self.writer.finish(&txn, Some(i64::try_from(rows)?)).await?;
        ctx.complete(&txn).await?;
        Ok(txn.commit().await?)
    }
}

/// The content of an archive, part by part; for threads on which it is no harm to wait.
#[derive(Debug)]
pub struct Content {
    platform: Platform,
    archive: Uuid,
    runtime: Handle,
    next: i32,
    part: io::Cursor<Vec<u8>>,
}

impl Content {
    /// Call it where there is a runtime.
    pub fn of(platform: &Platform, row: &Row) -> Self {
        let (platform, runtime) = (platform.clone(), Handle::current());
        Self { platform, archive: row.id, runtime, next: 0, part: io::Cursor::default() }
    }

    /// Whether reading failed because the database did, which is not the file's fault.
    pub fn is_lost(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<DbErr>() || inner.is::<Error>())
    }
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.part.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let part = archive::part(self.platform.db.connection(), self.archive, self.next);
            let Some(part) = self.runtime.block_on(part).map_err(io::Error::other)? else { return Ok(0) };
            self.part = io::Cursor::new(part);
            self.next += 1;
        }
    }
}
