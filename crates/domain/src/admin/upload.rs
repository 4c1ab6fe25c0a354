//! A file of an administrator on its way in.

use super::Error;
use crate::{
    archive::{self, FileName, Kind, NewArchive, Row, Writer},
    identity::{
        Admin, Proof as _,
        audit::{self, Act},
    },
};
use platform::Platform;
use serde_json::json;
use uuid::Uuid;

/// What was sent so far. End it with `finish` or `discard`; what is left of one that ends otherwise is cleaned up.
#[derive(Debug)]
pub struct Upload {
    platform: Platform,
    admin: Admin,
    archive: Row,
    writer: Writer,
}

impl Upload {
    pub async fn begin(platform: &Platform, admin: &Admin, file_name: FileName) -> Result<Self, Error> {
        let txn = platform.db.begin().await?;
        let (id, owner) = (Uuid::now_v7(), admin.account());
        let new = NewArchive { id, owner, kind: Kind::Upload, file_name, job: None };
        let archive = archive::begin(&txn, platform.clock.now(), new).await?;
        txn.commit().await?;
        let writer = Writer::start(platform, id).await?;
        Ok(Self { platform: platform.clone(), admin: admin.clone(), archive, writer })
    }

    /// How many bytes came so far.
    pub fn size(&self) -> u64 {
        self.writer.size()
    }

    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        Ok(self.writer.write(bytes).await?)
    }

    /// Makes the file an archive of the administrator.
    pub async fn finish(self) -> Result<Row, Error> {
        let Self { platform, admin, archive, writer } = self;
        let now = platform.clock.now();
        let made = json!({ "fileName": archive.file_name, "sizeBytes": writer.size() });
        let txn = platform.db.begin().await?;
        writer.finish(&txn, None).await?;
        let act = Act::new("admin.upload_archive").on("archive", archive.id).made(made);
        audit::record(&txn, now, admin.actor(), act).await?;
        let row = archive::find(&txn, now, admin.account(), archive.id).await?;
        let row = row.ok_or(archive::Error::NotFound)?;
        txn.commit().await?;
        Ok(row)
    }

    /// Leaves nothing behind.
    pub async fn discard(self) -> Result<(), Error> {
        Ok(archive::delete(&self.platform, self.archive.id).await?)
    }
}
