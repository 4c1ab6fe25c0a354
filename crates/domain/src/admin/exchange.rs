//! Data out of the product and back in, by archives.

use super::{Error, ExportData, ExportMyData, ImportData, job};
use crate::{
    archive::{self, Kind, NewArchive, State},
    identity::{
        Actor, Admin, FreshTotp, Member, Proof as _, User,
        audit::{self, Act},
    },
    market::{Symbol, stock},
};
use platform::{Platform, database::Transaction};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Export {
    Prices,
    Posts,
    Sentiment,
    Stocks,
}

impl Export {
    const fn name(self) -> &'static str {
        match self {
            Self::Prices => "prices",
            Self::Posts => "posts",
            Self::Sentiment => "sentiment",
            Self::Stocks => "stocks",
        }
    }

    const fn kind(self) -> Kind {
        match self {
            Self::Prices => Kind::Prices,
            Self::Posts => Kind::Posts,
            Self::Sentiment => Kind::Sentiment,
            Self::Stocks => Kind::Stocks,
        }
    }
}

/// What can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    Prices,
    Posts,
    Stocks,
}

impl Table {
    const fn kind(self) -> Kind {
        match self {
            Self::Prices => Kind::Prices,
            Self::Posts => Kind::Posts,
            Self::Stocks => Kind::Stocks,
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Prices => "admin.import_prices",
            Self::Posts => "admin.import_posts",
            Self::Stocks => "admin.import_stocks",
        }
    }
}

/// An archive, and the job that writes it while that is kept.
#[derive(Clone, Debug)]
pub struct Archive {
    pub row: archive::Row,
    pub job: Option<job::Row>,
}

/// Writes down for `member` what is kept about them; while one export runs, it is the answer to the next request too.
pub async fn export_my_data(platform: &Platform, member: &Member) -> Result<Archive, Error> {
    let (now, owner) = (platform.clock.now(), member.account());
    let id = Uuid::now_v7();
    let txn = platform.db.begin().await?;
    let job = jobs::enqueue(&txn, &platform.clock, &ExportMyData { account: owner, archive: id }).await?;
    // The key let only one in: its archive came with it.
    if let Some(row) = archive::of_job(&txn, job).await? {
        return Ok(Archive { row, job: job::find(&txn, job).await? });
    }
    let file_name = format!("my-data-{}.json.gz", now.date_naive()).parse()?;
    let new = NewArchive { id, owner, kind: Kind::MyData, file_name, job: Some(job) };
    let row = archive::begin(&txn, now, new).await?;
    let job = job::find(&txn, job).await?;
    let act = Act::new("admin.export_my_data").on("archive", id);
    audit::record(&txn, now, member.actor(), act).await?;
    announce(platform, txn, Archive { row, job }).await
}

/// Writes a table, or its rows about `symbol`, as CSV.
pub async fn export_data(
    platform: &Platform,
    admin: &Admin,
    what: Export,
    symbol: Option<Symbol>,
) -> Result<Archive, Error> {
    if what == Export::Posts && symbol.is_some() {
        return Err(Error::input("symbol", "posts are always exported whole"));
    }
    let now = platform.clock.now();
    let id = Uuid::now_v7();
    let txn = platform.db.begin().await?;
    if let Some(symbol) = &symbol
        && stock::find(&txn, symbol).await?.is_none()
    {
        return Err(Error::input("symbol", format!("there is no stock {symbol}")));
    }
    let stem = symbol.as_ref().map_or(what.name().to_owned(), |symbol| format!("{}-{symbol}", what.name()));
    let file_name = format!("{stem}.csv.gz").parse()?;
    let act = Act::new("admin.export_data").on("archive", id);
    let act = act.made(json!({ "what": what, "symbol": symbol }));
    let job = jobs::enqueue(&txn, &platform.clock, &ExportData { archive: id, what, symbol }).await?;
    let new = NewArchive { id, owner: admin.account(), kind: what.kind(), file_name, job: Some(job) };
    let row = archive::begin(&txn, now, new).await?;
    let job = job::find(&txn, job).await?;
    audit::record(&txn, now, admin.actor(), act).await?;
    announce(platform, txn, Archive { row, job }).await
}

async fn announce(platform: &Platform, txn: Transaction, archive: Archive) -> Result<Archive, Error> {
    txn.commit().await?;
    if let Some(job) = &archive.job {
        jobs::announce(platform.bus.as_ref(), job.id).await;
    }
    Ok(archive)
}

/// Reads one of the administrator's archives into `table`; the outcome is `Row::last_import`.
pub async fn import_data(
    platform: &Platform,
    proof: &FreshTotp,
    input: ImportData,
) -> Result<job::Row, Error> {
    let (now, table) = (platform.clock.now(), input.table);
    let txn = platform.db.begin().await?;
    let row = archive::find(&txn, now, proof.account(), input.archive).await?;
    let row = row.ok_or(archive::Error::NotFound)?;
    if row.state != State::Ready {
        return Err(archive::Error::NotReady.into());
    }
    if ![Kind::Upload, table.kind()].contains(&row.kind) {
        return Err(Error::input("archiveId", "this archive holds something else"));
    }
    let job = jobs::enqueue(&txn, &platform.clock, &input).await?;
    let job = job::find(&txn, job).await?.ok_or(Error::NotFound("job"))?;
    // Of one archive one import runs at a time.
    if serde_json::from_value::<ImportData>(job.payload.clone()).ok().as_ref() != Some(&input) {
        return Err(Error::Conflict("the archive is being imported as something else; wait for that"));
    }
    if job.state == job::State::Queued {
        archive::remember_import(&txn, row.id, None).await?;
    }
    let act = Act::new(table.action()).on("archive", row.id);
    let act = act.made(json!({ "fileName": row.file_name, "sha256": row.sha256, "symbol": input.symbol }));
    audit::record(&txn, now, proof.actor(), act).await?;
    txn.commit().await?;
    jobs::announce(platform.bus.as_ref(), job.id).await;
    Ok(job)
}

/// The user's archives, newest first, in two statements.
pub async fn list(platform: &Platform, user: &User) -> Result<Vec<Archive>, Error> {
    let db = platform.db.connection();
    let rows = archive::list(db, platform.clock.now(), user.account()).await?;
    let mut jobs = job::by_ids(db, rows.iter().filter_map(|row| row.job_id).collect()).await?;
    let mut take = |id| jobs.iter().position(|job| Some(job.id) == id).map(|at| jobs.swap_remove(at));
    Ok(rows.into_iter().map(|row| Archive { job: take(row.job_id), row }).collect())
}

/// The user's archive with `id`.
pub async fn find(platform: &Platform, user: &User, id: Uuid) -> Result<Option<Archive>, Error> {
    let db = platform.db.connection();
    let Some(row) = archive::find(db, platform.clock.now(), user.account(), id).await? else {
        return Ok(None);
    };
    let job = match row.job_id {
        Some(job) => job::find(db, job).await?,
        None => None,
    };
    Ok(Some(Archive { row, job }))
}

/// Deletes the user's archive with `id`, also one that is being written.
pub async fn delete(platform: &Platform, user: &User, id: Uuid) -> Result<(), Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let row = archive::find(&txn, now, user.account(), id).await?.ok_or(archive::Error::NotFound)?;
    archive::hide(&txn, now, row.id).await?;
    let act = Act::new("admin.delete_archive").on("archive", id).made(json!({ "fileName": row.file_name }));
    audit::record(&txn, now, user.actor(), act).await?;
    txn.commit().await?;
    Ok(archive::delete(platform, id).await?)
}

/// Writes down that someone at the machine imported a file.
pub async fn record_import(platform: &Platform, table: Table, file: &str) -> Result<(), Error> {
    let act = Act::new(table.action()).made(json!({ "fileName": file }));
    record(platform, &Actor::command(), act).await
}

/// Writes down that an administrator took an export of data away.
pub async fn record_download(platform: &Platform, admin: &Admin, archive: Uuid) -> Result<(), Error> {
    record(platform, admin.actor(), Act::new("admin.download_archive").on("archive", archive)).await
}

async fn record(platform: &Platform, actor: &Actor, act: Act) -> Result<(), Error> {
    let txn = platform.db.begin().await?;
    audit::record(&txn, platform.clock.now(), actor, act).await?;
    txn.commit().await?;
    Ok(())
}
