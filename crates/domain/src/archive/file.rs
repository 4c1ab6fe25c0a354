//! Archives as their owners see them.

use super::{Error, Kind, LONGEST_WRITING, MOST, Row, State};
use chrono::{DateTime, Utc};
use entity::archive::{
    archive::{Column, Entity},
    archive_part,
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel as _, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use serde_json::Value;
use std::str::FromStr;
use uuid::Uuid;

const LONGEST_NAME: usize = 100;

/// A name that means the same to every file system and header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName(String);

impl FromStr for FileName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let is_plain = |char: char| char.is_ascii_alphanumeric() || "._- ".contains(char);
        let starts_well = text.starts_with(|char: char| char.is_ascii_alphanumeric());
        if starts_well && text.len() <= LONGEST_NAME && text.chars().all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::BadFileName)
        }
    }
}

/// An archive that shall be written.
#[derive(Clone, Debug)]
pub struct NewArchive {
    pub id: Uuid,
    pub owner: Uuid,
    pub kind: Kind,
    pub file_name: FileName,
    /// Who writes it; none writes an upload.
    pub job: Option<Uuid>,
}

/// Makes a place for an archive, whose parts a `Writer` adds.
pub async fn begin(txn: &DatabaseTransaction, now: DateTime<Utc>, new: NewArchive) -> Result<Row, Error> {
    if of(now, new.owner).count(txn).await? >= MOST {
        return Err(Error::TooMany);
    }
    let row = Row {
        id: new.id,
        account_id: new.owner,
        kind: new.kind,
        file_name: new.file_name.0,
        state: State::Writing,
        job_id: new.job,
        writer: None,
        size_bytes: 0,
        sha256: None,
        row_count: None,
        last_import: None,
        known_at: now,
        ready_at: None,
        expires_at: now + LONGEST_WRITING,
    };
    Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(txn).await?;
    Ok(row)
}

fn of(now: DateTime<Utc>, owner: Uuid) -> Select<Entity> {
    Entity::find().filter(Column::AccountId.eq(owner)).filter(Column::ExpiresAt.gt(now))
}

/// The owner's archives, newest first; at most `MOST`.
pub async fn list(db: &impl ConnectionTrait, now: DateTime<Utc>, owner: Uuid) -> Result<Vec<Row>, Error> {
    Ok(of(now, owner).order_by_desc(Column::KnownAt).order_by_desc(Column::Id).limit(MOST).all(db).await?)
}

/// The archive, if it is the owner's and has not expired.
pub async fn find(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    owner: Uuid,
    id: Uuid,
) -> Result<Option<Row>, Error> {
    Ok(of(now, owner).filter(Column::Id.eq(id)).one(db).await?)
}

/// The archive, whoever's it is, if it is ready and was not deleted.
pub async fn find_ready(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Row>, Error> {
    Ok(Entity::find_by_id(id).filter(Column::State.eq(State::Ready)).one(db).await?)
}

/// The archive that `job` writes.
pub async fn of_job(db: &impl ConnectionTrait, job: Uuid) -> Result<Option<Row>, Error> {
    Ok(Entity::find().filter(Column::JobId.eq(job)).one(db).await?)
}

/// The part at `seq`, if the archive has so many.
pub async fn part(db: &impl ConnectionTrait, id: Uuid, seq: i32) -> Result<Option<Vec<u8>>, Error> {
    Ok(archive_part::Entity::find_by_id((id, seq)).one(db).await?.map(|part| part.bytes))
}

/// Keeps what became of the archive when it was imported; `None` forgets it.
pub async fn remember_import(
    txn: &DatabaseTransaction,
    id: Uuid,
    report: Option<Value>,
) -> Result<(), Error> {
    let update = Entity::update_many().col_expr(Column::LastImport, Expr::val(report));
    update.filter(Column::Id.eq(id)).exec(txn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::FileName;

    #[test]
    fn a_name_leads_nowhere_and_breaks_no_header() {
        for good in ["prices.csv.gz", "BRK.B.csv", "my data_1-2.json"] {
            assert!(good.parse::<FileName>().is_ok(), "{good}");
        }
        let long = "a".repeat(101);
        for bad in ["", ".bashrc", "../up", "a/b", "a\\b", "a\"b", "a\r\nb", "ä.csv", "a;b", long.as_str()] {
            assert!(bad.parse::<FileName>().is_err(), "{bad}");
        }
    }
}
