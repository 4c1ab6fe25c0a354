//! The queue, as administrators see it.

use super::Error;
use crate::{
    identity::{
        self, Access, Admin, Proof as _, Scope,
        audit::{self, Act},
    },
    page::{Page, PageRequest},
    window::any_of,
};
pub use ::jobs::TOPIC;
use chrono::{DateTime, Utc};
pub use entity::job::job::{JobState as State, Model as Row};
use entity::{
    archive::archive,
    job::job::{Column, Entity, JobState, Model},
};
use platform::Platform;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, PaginatorTrait, QueryFilter,
    QuerySelect as _, Select,
};
use serde_json::json;
use uuid::Uuid;

/// Which jobs are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kinds: Vec<String>,
    pub states: Vec<JobState>,
}

pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, Error> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Whose jobs someone may see.
#[derive(Clone, Copy, Debug)]
pub enum Reach {
    All,
    /// Those that an account asked for.
    Own(Uuid),
}

impl Reach {
    /// All for administrators, their own for everyone else.
    pub fn of(access: &Access) -> Result<Self, identity::Error> {
        let user = access.user(Scope::Read)?;
        Ok(access.admin().map_or_else(|_| Self::Own(user.account()), |_| Self::All))
    }
}

/// Those of the jobs with `ids` that are within reach, in any order.
pub async fn within(db: &impl ConnectionTrait, reach: Reach, ids: Vec<Uuid>) -> Result<Vec<Model>, Error> {
    let ids = match reach {
        Reach::All => ids,
        Reach::Own(account) => {
            let archives = archive::Entity::find().select_only().column(archive::Column::JobId);
            let own = archives.filter(archive::Column::AccountId.eq(account));
            own.filter(archive::Column::JobId.is_in(ids)).into_tuple().all(db).await?
        }
    };
    by_ids(db, ids).await
}

/// The jobs with `ids`, in any order.
pub async fn by_ids(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>, Error> {
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(db).await?)
}

/// One page of jobs, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    page: &PageRequest<(Uuid,)>,
) -> Result<Page<Model>, Error> {
    let select = page.apply(filtered(filter), &[Column::Id], &Order::Desc);
    Ok(page.finish(select.all(db).await?))
}

/// How many jobs pass `filter`.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, Error> {
    Ok(filtered(filter).count(db).await?)
}

fn filtered(filter: &Filter) -> Select<Entity> {
    let kinds =
        (!filter.kinds.is_empty()).then(|| Column::Kind.is_in(filter.kinds.iter().map(String::as_str)));
    Entity::find().filter(Condition::all().add_option(kinds).add(any_of(Column::State, &filter.states)))
}

/// Ends a job that waits, and asks one that runs to end, which takes seconds.
pub async fn cancel(platform: &Platform, admin: &Admin, id: Uuid) -> Result<Model, Error> {
    let now = platform.clock.now();
    let txn = platform.db.begin().await?;
    let job = find(&txn, id).await?.ok_or(Error::NotFound("job"))?;
    if !::jobs::cancel(&txn, &platform.clock, id).await? {
        return Err(Error::Conflict("the job has ended already"));
    }
    let act = Act::new("admin.cancel_job").on("job", id).made(json!({ "kind": job.kind }));
    audit::record(&txn, now, admin.actor(), act).await?;
    let job = find(&txn, id).await?.ok_or(Error::NotFound("job"))?;
    txn.commit().await?;
    ::jobs::announce(platform.bus.as_ref(), id).await;
    Ok(job)
}

/// Deletes jobs that ended before `time`.
pub async fn delete_ended(db: &impl ConnectionTrait, time: DateTime<Utc>) -> Result<u64, Error> {
    Ok(Entity::delete_many().filter(Column::FinishedAt.lt(time)).exec(db).await?.rows_affected)
}
